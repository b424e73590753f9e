/** Packages that are called otherwise than their modules. */
const otherwise: Readonly<Record<string, string>> = {
  Crypto: 'pycryptodome',
  OpenSSL: 'pyopenssl',
  PIL: 'pillow',
  absl: 'absl-py',
  attr: 'attrs',
  bs4: 'beautifulsoup4',
  bson: 'pymongo',
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  docx: 'python-docx',
  dotenv: 'python-dotenv',
  faiss: 'faiss-cpu',
  fitz: 'pymupdf',
  git: 'gitpython',
  'google.cloud.bigquery': 'google-cloud-bigquery',
  'google.cloud.storage': 'google-cloud-storage',
  'google.genai': 'google-genai',
  'google.generativeai': 'google-generativeai',
  'google.protobuf': 'protobuf',
  imblearn: 'imbalanced-learn',
  jose: 'python-jose',
  jwt: 'pyjwt',
  llama_cpp: 'llama-cpp-python',
  magic: 'python-magic',
  multipart: 'python-multipart',
  nacl: 'pynacl',
  pptx: 'python-pptx',
  psycopg2: 'psycopg2-binary',
  pynvml: 'nvidia-ml-py',
  pythonjsonlogger: 'python-json-logger',
  'ruamel.yaml': 'ruamel.yaml',
  serial: 'pyserial',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  slugify: 'python-slugify',
  umap: 'umap-learn',
  whisper: 'openai-whisper',
  yaml: 'pyyaml',
  zmq: 'pyzmq',
};

/** Packages that are called as their modules: of these we know that they are what people mean. */
const alike = new Set(
  `accelerate catboost datasets diffusers fastai flax fsspec gradio huggingface_hub httpx jax joblib keras lightgbm
  lightning matplotlib mlflow nltk numpy onnx onnxruntime openai optuna pandas peft polars prophet pyarrow pydantic
  requests safetensors scipy sentence_transformers sentencepiece spacy statsmodels tensorflow tiktoken timm tokenizers
  torch torchaudio torchvision transformers vllm xgboost`.split(/\s+/),
);

/** Of the standard library once, and the version of Python that has dropped them. */
const dropped: Readonly<Record<string, string>> = {
  ...{ asynchat: '3.12', asyncore: '3.12', distutils: '3.12', imp: '3.12', smtpd: '3.12' },
  ...{ aifc: '3.13', audioop: '3.13', cgi: '3.13', cgitb: '3.13', chunk: '3.13', crypt: '3.13' },
  ...{ imghdr: '3.13', mailcap: '3.13', msilib: '3.13', nis: '3.13', nntplib: '3.13' },
  ...{ ossaudiodev: '3.13', pipes: '3.13', sndhdr: '3.13', spwd: '3.13', sunau: '3.13' },
  ...{ telnetlib: '3.13', uu: '3.13', xdrlib: '3.13', lib2to3: '3.13' },
};

/** Of the standard library, where Python was built with what they need. */
const optional = new Set(
  `_bz2 _ctypes _curses _dbm _gdbm _hashlib _lzma _sqlite3 _ssl _tkinter _uuid readline tkinter`.split(
    ' ',
  ),
);

/** What `pip install` takes for the module. */
export const packageOf = (module: string): string =>
  Object.hasOwn(otherwise, module) ? (otherwise[module] ?? module) : module;

/** Anyone can publish a package in the name of a module: we install by ourselves only what we know. */
export const isWellKnown = (module: string): boolean =>
  Object.hasOwn(otherwise, module) || alike.has(module);

/** The version of Python that removed the module from its library. */
export const droppedIn = (module: string): string | undefined =>
  Object.hasOwn(dropped, module) ? dropped[module] : undefined;

/** Python itself brings it, unless it was built without. */
export const isOptional = (module: string): boolean => optional.has(module);

const requirement =
  /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w.,-]+\])?(?:(?:[<>=!~]=|[<>])[\w.*]+,?)*$/;

/** No option, no file, no address: the name of a package, with extras and versions. */
export const isRequirement = (text: string): boolean => requirement.test(text);
