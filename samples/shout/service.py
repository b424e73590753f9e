"""A legacy service (BentoML 1.0 and 1.1, and `bentoml.legacy` in 1.4) with two runners, over HTTP and gRPC."""

import bentoml
from bentoml.io import JSON, Text


class Upper(bentoml.Runnable):
    """Says it louder."""

    SUPPORTED_RESOURCES = ("cpu",)
    SUPPORTS_CPU_MULTI_THREADING = True

    @bentoml.Runnable.method(batchable=False)
    def shout(self, text: str) -> str:
        return text.upper() + "!"


class Count(bentoml.Runnable):
    """Counts words."""

    SUPPORTED_RESOURCES = ("cpu",)
    SUPPORTS_CPU_MULTI_THREADING = True

    @bentoml.Runnable.method(batchable=False)
    def words(self, text: str) -> int:
        return len(text.split())


upper = bentoml.Runner(Upper, name="upper")
count = bentoml.Runner(Count, name="count")

# BentoML 1.4 keeps services with runners in bentoml.legacy; 1.0 and 1.1 have them in bentoml itself.
legacy = getattr(bentoml, "legacy", bentoml)
svc = legacy.Service("shout", runners=[upper, count])


@svc.api(input=Text(), output=JSON())
async def shout(text: str) -> dict:
    """Returns the text in capitals and the number of its words."""
    print(f"shouting {text!r}")
    return {
        "shout": await upper.shout.async_run(text),
        "words": await count.words.async_run(text),
    }
