// Starts the worker's WebAssembly program. `cargo xtask dist` replaces the two names here by hashed ones.

import init from "./strata-worker.js";

try {
  await init({ module_or_path: new URL("./strata-worker_bg.wasm", import.meta.url) });
} catch (error) {
  // A rejected promise would go unnoticed; this reaches the `onerror` handler of the worker's owner.
  reportError(error);
}
