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
                    in: container,
                    debugDescription: "'\(text.prefix(60))' is no time such as 2026-11-21T14:03:05.250Z"
                )
            }
            return date
        }
        return decoder
    }

    /// "2026-11-21T14:03:05.250Z", to the nearest millisecond, so that what was read is written the same again.
    ///
    /// The style cuts digits off instead of rounding: a time read as .002 stands in binary a hair below it and would be
    /// written as .001, and lose another millisecond at each copy.
    package static func text(_ date: Date) -> String {
        let milliseconds = (date.timeIntervalSinceReferenceDate * 1000).rounded()
        return Date(timeIntervalSinceReferenceDate: (milliseconds + 0.25) / 1000).formatted(style)
    }

    /// Reads what `text` writes, and the same without the fraction, or with an offset in place of Z.
    package static func date(_ text: String) -> Date? {
        (try? style.parse(text)) ?? (try? plainStyle.parse(text))
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let plainStyle = Date.ISO8601FormatStyle()
}
