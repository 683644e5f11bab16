// What photographs really show: the labels against which recognition is measured.
package import ParkingCore

/// One labelled plate of one picture.
package struct Label: Sendable, Hashable {
    /// Path as the file has it.
    package let image: String
    /// nil: the label does not say where the plate is.
    package let box: PixelBox?
    /// Whether the box is the picture itself: a close-up.
    package let isCloseUp: Bool
    /// nil: nobody transcribed it.
    package let plate: Plate?
    package let set: String

    package init(image: String, box: PixelBox?, isCloseUp: Bool, plate: Plate?, set: String) {
        self.image = image
        self.box = box
        self.isCloseUp = isCloseUp
        self.plate = plate
        self.set = set
    }
}

/// Names the line, what is wrong with it, and what is expected.
package struct LabelsError: Error, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}

extension Label {
    private static let columns = ["image", "image_width", "image_height", "x", "y", "width", "height", "plate", "set"]

    /// Reads a CSV with the columns image, image_width, image_height, x, y, width, height, plate, set, in any order,
    /// others ignored. Fields hold no commas and no quotes.
    /// - Throws: `LabelsError` naming the line.
    package static func parse(_ text: String) throws(LabelsError) -> [Label] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let header =
            lines.first.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        var place: [String: Int] = [:]
        for (index, name) in header.enumerated() { place[name.trimmed] = index }
        let missing = columns.filter { place[$0] == nil }
        guard missing.isEmpty else {
            throw LabelsError(message: "line 1: the column \(missing.joined(separator: ", ")) is missing")
        }
        var labels: [Label] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy(\.isWhitespace) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard fields.count == header.count else {
                throw LabelsError(
                    message: "line \(index + 1): \(fields.count) fields where the header has \(header.count)"
                )
            }
            labels.append(try label({ fields[place[$0] ?? 0] }, line: index + 1))
        }
        return labels
    }

    private static func label(_ field: (String) -> String, line: Int) throws(LabelsError) -> Label {
        func number(_ name: String) throws(LabelsError) -> Double {
            guard let value = Double(field(name)), value.isFinite else {
                throw LabelsError(message: "line \(line): '\(field(name))' in the column \(name) is no number")
            }
            return value
        }
        var box: PixelBox?
        var isCloseUp = false
        if !field("x").isEmpty {
            let found = PixelBox(
                x: try number("x"),
                y: try number("y"),
                width: try number("width"),
                height: try number("height")
            )
            let (width, height) = (try number("image_width"), try number("image_height"))
            isCloseUp = found.width * found.height >= 0.95 * width * height
            box = found
        }
        var plate: Plate?
        if !field("plate").isEmpty {
            do throws(PlateError) {
                plate = try Plate(field("plate"))
            } catch {
                throw LabelsError(message: "line \(line): \(error)")
            }
        }
        return Label(image: field("image"), box: box, isCloseUp: isCloseUp, plate: plate, set: field("set"))
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
