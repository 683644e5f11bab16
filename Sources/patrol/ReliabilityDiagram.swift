// How often reads of a confidence are right, as a picture: what calibration promises, and what it keeps.
internal import Foundation
internal import MediaFiles
internal import PlateRecognition

struct ReliabilityDiagram {
    private static let side = 400.0
    private static let margin = 60.0

    private let score: RecognitionScore

    init(_ score: RecognitionScore) { self.score = score }

    /// - Throws: `MediaError` when the file cannot be written.
    func write(to path: String) throws {
        do {
            try Data(svg.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw MediaError(.unreadable, path, "the diagram cannot be written: \(error.localizedDescription)")
        }
    }

    /// Bars: share of right reads in each tenth of confidence; dots: their mean confidence; figures: how many reads.
    var svg: String {
        let (side, margin) = (ReliabilityDiagram.side, ReliabilityDiagram.margin)
        let whole = side + 2 * margin
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(whole))\" height=\"\(number(whole))\" "
                + "font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
        ]
        for tenth in 0...10 where tenth % 2 == 0 {
            let value = Double(tenth) / 10
            lines.append(line(from: (0, value), to: (1, value), "#dddddd"))
            lines.append(text(String(format: "%.1f", value), x: margin - 8, y: y(value) + 4, "end"))
            lines.append(text(String(format: "%.1f", value), x: x(value), y: margin + side + 18, "middle"))
        }
        for bin in score.reliability where bin.reads > 0 {
            let (left, width) = (x(bin.from) + 2, x(bin.to) - x(bin.from) - 4)
            lines.append(
                "<rect x=\"\(number(left))\" y=\"\(number(y(bin.exact)))\" width=\"\(number(width))\" "
                    + "height=\"\(number(side * bin.exact))\" fill=\"#7aa6d6\"/>"
            )
            lines.append(
                "<circle cx=\"\(number(x(bin.meanConfidence)))\" cy=\"\(number(y(bin.exact)))\" r=\"4\" fill=\"#20406a\"/>"
            )
            let top = min(y(bin.exact), y(bin.meanConfidence)) - 8
            lines.append(text("\(bin.reads)", x: left + width / 2, y: top, "middle"))
        }
        lines.append(line(from: (0, 0), to: (1, 1), "#c04030"))
        let error = String(format: "%.3f", score.expectedCalibrationError)
        lines.append(
            text(
                "Reads of \(score.set): right over confidence; calibration error \(error)",
                x: whole / 2,
                y: 24,
                "middle"
            )
        )
        lines.append(text("confidence (figures: reads)", x: whole / 2, y: whole - 16, "middle"))
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private func x(_ value: Double) -> Double { ReliabilityDiagram.margin + ReliabilityDiagram.side * value }
    private func y(_ value: Double) -> Double { ReliabilityDiagram.margin + ReliabilityDiagram.side * (1 - value) }
    private func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private func line(from: (Double, Double), to: (Double, Double), _ colour: String) -> String {
        "<line x1=\"\(number(x(from.0)))\" y1=\"\(number(y(from.1)))\" x2=\"\(number(x(to.0)))\" "
            + "y2=\"\(number(y(to.1)))\" stroke=\"\(colour)\"/>"
    }

    private func text(_ words: String, x: Double, y: Double, _ anchor: String) -> String {
        let words = words.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(words)</text>"
    }
}
