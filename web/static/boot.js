// Starts the page: says in a plain sentence if the browser cannot run it, switches to a newer version if one has been
// downloaded, starts the WebAssembly program, and stores the app for offline use.

const script = document.querySelector("script[data-js]");
const notice = document.getElementById("boot");
const scope = new URL("./", document.baseURI).href;

// A module with one function that returns a vector: `i32.const 0`, `i8x16.splat`.
const SIMD_MODULE = [
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // magic, version
  1, 5, 1, 0x60, 0, 1, 0x7b, // types: () -> v128
  3, 2, 1, 0, // functions: one of type 0
  10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 0x0b, // code
];

// How long a newer version may take to answer before the old one starts.
const TAKE_OVER_TIMEOUT_MS = 1500;

/** The feature that the browser lacks, if any. */
function missingFeature() {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(new Uint8Array(SIMD_MODULE))) {
    return "WebAssembly with SIMD";
  }
  return hasModuleWorkers() ? undefined : "module workers";
}

/** Whether `new Worker` reads its option `type`. The address is invalid, so that no worker is started. */
function hasModuleWorkers() {
  let isRead = false;
  try {
    new Worker("http://[", { get type() { isRead = true; return "module"; } });
  } catch {
    // Expected: the address is refused after the options have been read.
  }
  return isRead;
}

/** Starts the program, and removes the notice once the page is ready. */
async function start() {
  notice.textContent = "Strata is starting …";
  try {
    const program = await import(new URL(script.dataset.js, document.baseURI).href);
    await program.default({ module_or_path: new URL(script.dataset.wasm, document.baseURI) });
    notice.remove();
  } catch (error) {
    notice.textContent = "Strata could not start. Reload the page. If that does not help, the browser may be too old "
      + "or may block WebAssembly.";
    throw error;
  }
}

/**
 * Switches to a newer version that an earlier visit downloaded. Returns true if it has taken over and the page must be
 * reloaded. The newer version declines while another window runs the old one, whose files would be deleted.
 */
async function handOver() {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  const newer = registration?.scope === scope ? registration.waiting : null;
  if (!newer) return false;
  const hasTakenOver = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), { once: true });
    navigator.serviceWorker.addEventListener("message", () => resolve(false), { once: true });
    setTimeout(resolve, TAKE_OVER_TIMEOUT_MS, false);
  });
  navigator.serviceWorker.startMessages();
  newer.postMessage("take over");
  return hasTakenOver;
}

/** Stores the app's files for offline use, and looks for a newer version. */
async function keepForOffline() {
  try {
    await navigator.serviceWorker.register(new URL("sw.js", scope), { scope, updateViaCache: "none" });
  } catch (error) {
    // Online, the app works without the service worker.
    console.warn("Strata could not be stored for offline use:", error);
  }
}

const missing = missingFeature();
// Missing if the address is not secure (plain http, except localhost) or the browser's settings forbid it.
const canKeep = window.isSecureContext && "serviceWorker" in navigator;

if (missing) {
  notice.textContent = `Strata cannot run in this browser, which lacks ${missing}. Use a current version of Firefox, `
    + "Chrome, Edge or Safari.";
} else if (canKeep && await handOver().catch(() => false)) {
  location.reload();
} else {
  await start();
  if (canKeep) await keepForOffline();
}
