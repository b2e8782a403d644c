// Search in pages opened from a folder. There browsers refuse a worker from a file, so the worker's script runs in a
// hidden frame of the same page, which speaks as a worker would. Served pages keep the browser's own worker.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.documentElement.append(this.frame)
      const inside = this.frame.contentWindow
      inside.postMessage = data => this.deliver(data, copy => this.onmessage?.(copy))
      const script = inside.document.createElement("script")
      script.src = new URL(address, document.baseURI)
      script.onload = () => {
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach(data => this.postMessage(data))
      }
      script.onerror = () => this.onerror?.(new Event("error", { cancelable: true }))
      inside.document.head.append(script)
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data)
      else this.deliver(data, copy => this.frame.contentWindow?.onmessage(copy))
    }

    // Later and as a copy, as between a page and a worker: neither sees what the other does to its data.
    deliver(data, hear) {
      const copy = structuredClone(data)
      setTimeout(() => hear({ data: copy }))
    }

    terminate() {
      this.frame.remove()
    }
  }
}
