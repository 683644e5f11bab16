// The configuration file as it is installed: every key with its meaning, unit, limits and default.

extension VehicleConfiguration {
    /// TOML; what must be given stands there as an example to be changed.
    package static var defaultsFile: String {
        var lines = [
            "# Configuration of patrold, the patrol vehicle's daemon. Read once at the start; TOML.",
            "# Stronger than this file: environment variables (PATROLD_PATROL_DATA for patrol.data), then flags",
            "# (patrold run --set patrol.data=/srv/patrol). An unknown key or a value outside its limits stops the start;",
            "# 'patrold config --check FILE' says all that is wrong.",
        ]
        var table = ""
        for key in ConfigurationKey.all {
            if key.table != table {
                table = key.table
                lines.append("")
                if table.contains("*") { lines += ["# One to four cameras, each with a table and a name of its own."] }
                lines.append("[\(table.replacing("*", with: "left"))]")
            }
            lines += [
                "# " + key.meaning,
                "# \(key.kind.expected)\(key.unit.map { ", \($0)" } ?? "")"
                    + (key.preset.map { "; default \($0)" } ?? "; must be given"),
            ]
            lines.append("\(key.name) = \(key.preset ?? .text(examples[key.path] ?? ""))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Of the keys that have no default.
    private static let examples = [
        "patrol.vehicle": "patrol-1", "patrol.officer": "412", "camera.*.side": "left",
        "camera.*.device": "/dev/curbside/camera-left",
    ]
}
