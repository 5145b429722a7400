// Starts the worker's WebAssembly program. `cargo xtask dist` puts hashed names in place of the two here.

import init from "./strata-worker.js";

try {
  await init({ module_or_path: new URL("./strata-worker_bg.wasm", import.meta.url) });
} catch (error) {
  // A rejected promise would be silent; this reaches `onerror` of whoever started the worker.
  reportError(error);
}
