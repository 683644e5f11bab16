// What goes to people: output, complaints, and a progress bar where somebody watches.
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

enum Terminal {
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    static func complain(_ message: String) { FileHandle.standardError.write(Data(("patrol: " + message + "\n").utf8)) }

    static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }
}

/// A bar on standard error; silent when that is no terminal.
final class ProgressBar {
    private let total: Int?
    private let label: String
    private let start = ContinuousClock.now
    private var done = 0
    private var drawn = ContinuousClock.now - .seconds(1)
    private var isShown = false

    init(total: Int?, of label: String) {
        self.total = total
        self.label = (label as NSString).lastPathComponent
    }

    func advance() {
        done += 1
        guard Terminal.isWatched, ContinuousClock.now - drawn > .milliseconds(100) || done == total else { return }
        drawn = ContinuousClock.now
        isShown = true
        let rate = Double(done) / max(Clock.milliseconds(since: start) / 1000, 0.001)
        var text = "\(done)"
        if let total, total > 0 {
            let filled = min(30, done * 30 / total)
            let left = Double(max(total - done, 0)) / max(rate, 0.001)
            text = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
            text += String(format: " %d of %d, %.1f a second, %.0f s left", done, total, rate, left)
        }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(label) \(text)".utf8))
    }

    /// Wipes the bar.
    func finish() {
        guard isShown else { return }
        isShown = false
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
