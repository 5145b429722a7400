// Starts the page: says so in a plain sentence when the browser cannot, hands over to a newer version when one has been
// fetched, starts the WebAssembly program, and keeps the app for use without a network.

const script = document.querySelector("script[data-js]");
const notice = document.getElementById("boot");
const scope = new URL("./", document.baseURI).href;

// A module with one function that makes a vector: `i32.const 0`, `i8x16.splat`.
const SIMD_MODULE = [
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // magic, version
  1, 5, 1, 0x60, 0, 1, 0x7b, // types: () -> v128
  3, 2, 1, 0, // functions: one of type 0
  10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 0x0b, // code
];

// How long a newer version may take to answer before the old one starts.
const TAKE_OVER_TIMEOUT_MS = 1500;

/** What the browser lacks, or nothing. */
function missingFeature() {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(new Uint8Array(SIMD_MODULE))) {
    return "WebAssembly with SIMD";
  }
  return hasModuleWorkers() ? undefined : "module workers";
}

/** Whether `new Worker` looks at its option `type`. The address is not valid, so that no worker is started. */
function hasModuleWorkers() {
  let isRead = false;
  try {
    new Worker("http://[", { get type() { isRead = true; return "module"; } });
  } catch {
    // Expected: the address is refused after the options are read.
  }
  return isRead;
}

/** Starts the program; the notice goes when the page is there. */
async function start() {
  notice.textContent = "Strata is starting …";
  try {
    const program = await import(new URL(script.dataset.js, document.baseURI).href);
    await program.default({ module_or_path: new URL(script.dataset.wasm, document.baseURI) });
    notice.remove();
  } catch (error) {
    notice.textContent = "Strata could not start. Please reload the page; if that does not help, your browser may be "
      + "too old or may block WebAssembly.";
    throw error;
  }
}

/**
 * Hands over to a newer version that an earlier visit has fetched: true when it has taken over and the page must be
 * loaded again. It declines while another window still runs the old version, whose files would go.
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

/** Keeps the app's own files for use without a network, and looks for a newer version. */
async function keepForOffline() {
  try {
    await navigator.serviceWorker.register(new URL("sw.js", scope), { scope, updateViaCache: "none" });
  } catch (error) {
    // The app works without it, as long as there is a network.
    console.warn("Strata is not kept for use without a network:", error);
  }
}

const missing = missingFeature();
// Absent where the address is not secure (plain http, not localhost) or the browser's settings forbid it.
const canKeep = window.isSecureContext && "serviceWorker" in navigator;

if (missing) {
  notice.textContent = `Strata cannot run here: this browser lacks ${missing}. Please use a current version of Firefox, `
    + "Chrome, Edge or Safari.";
} else if (canKeep && await handOver().catch(() => false)) {
  location.reload();
} else {
  await start();
  if (canKeep) await keepForOffline();
}
