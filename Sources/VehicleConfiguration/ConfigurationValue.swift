// A configured value with the place it came from, so that every complaint can name file and line.

package enum ConfigurationContent: Hashable, Sendable, CustomStringConvertible {
    case text(String)
    case integer(Int)
    case number(Double)
    case truth(Bool)
    case list([String])

    /// As a TOML value.
    package var description: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .truth(let truth): "\(truth)"
        case .list(let items): "[" + items.map(Self.quoted).joined(separator: ", ") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Where a value stands, from the strongest: a flag, the environment, the file, the program itself.
package enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(path: String, line: Int)
    case preset

    package var description: String {
        switch self {
        case .flag(let text): "--set \(text)"
        case .environment(let name): "environment variable \(name)"
        case .file(let path, let line): "\(path):\(line)"
        case .preset: "default"
        }
    }
}

package struct ConfigurationValue: Hashable, Sendable {
    package let content: ConfigurationContent
    package let origin: ConfigurationOrigin
}

/// All that is wrong with a configuration: a line each, with place, key and cure.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let problems: [String]
    package var description: String { problems.joined(separator: "\n") }
}
