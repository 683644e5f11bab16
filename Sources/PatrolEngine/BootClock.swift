// The machine's own clock for what is compared hours later: it counts on through sleep, is never set, and names its boot.
internal import Foundation
package import ParkingCore

extension ChalkMoment {
    /// The kernel's name for this boot; nil where it does not tell: then the wall clock alone counts.
    private static let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)

    /// Seconds since the boot, to the hundredth (proc_uptime(5)); nil where the kernel tells neither name nor time.
    package static func now() -> ChalkMoment? {
        guard let boot, !boot.isEmpty, let text = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
            let first = text.split(separator: " ").first, let seconds = Double(first)
        else { return nil }
        return ChalkMoment(boot: boot, seconds: seconds)
    }
}
