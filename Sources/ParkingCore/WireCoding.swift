// One way to write values as JSON, for every wire, file and column: sorted keys, times as ISO 8601 UTC with milliseconds.
package import Foundation

package enum WireCoding {
    package static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(date))
        }
        return encoder
    }

    package static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = date(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "'\(text.prefix(60))' is no time such as 2026-11-21T14:03:05.250Z")
            }
            return date
        }
        return decoder
    }

    /// "2026-11-21T14:03:05.250Z"
    package static func text(_ date: Date) -> String { date.formatted(style) }

    /// Reads what `text` writes, and the same without the fraction, or with an offset in place of Z.
    package static func date(_ text: String) -> Date? {
        (try? style.parse(text)) ?? (try? plainStyle.parse(text))
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let plainStyle = Date.ISO8601FormatStyle()
}
