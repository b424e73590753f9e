/** Packages that are called otherwise than their modules. */
const otherwise: Readonly<Record<string, string>> = {
  PIL: 'pillow',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python',
  dotenv: 'python-dotenv',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'pyyaml',
};

/** Packages that are called as their modules: of these we know that they are what people mean. */
const alike = new Set(
  `accelerate catboost datasets diffusers fastai flax fsspec gradio huggingface_hub httpx jax joblib keras lightgbm
  lightning matplotlib mlflow nltk numpy onnx onnxruntime openai optuna pandas peft polars prophet pyarrow pydantic
  requests safetensors scipy sentence_transformers sentencepiece spacy statsmodels tensorflow tiktoken timm tokenizers
  torch torchaudio torchvision transformers vllm xgboost`.split(/\s+/),
);

/** What `pip install` takes for the module. */
export const packageOf = (module: string): string =>
  Object.hasOwn(otherwise, module) ? (otherwise[module] ?? module) : module;

/** Anyone can publish a package in the name of a module: we install by ourselves only what we know. */
export const isWellKnown = (module: string): boolean =>
  Object.hasOwn(otherwise, module) || alike.has(module);

const requirement =
  /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w.,-]+\])?(?:(?:[<>=!~]=|[<>])[\w.*]+,?)*$/;

/** No option, no file, no address: the name of a package, with extras and versions. */
export const isRequirement = (text: string): boolean => requirement.test(text);
