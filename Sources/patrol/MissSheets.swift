// All misses of a score on contact sheets, with truth and answer: causes are seen by looking, not by counting.
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import ParkingCore
internal import PlateRecognition

final class MissSheets {
    private static let tile = (width: 260, height: 150)
    /// Height of the picture within a tile; below it is the text.
    private static let pictureHeight = 124
    private static let columns = 5
    private static let rows = 8
    /// Of the plate's width and height: what is shown around it.
    private static let surroundings = 0.25

    private let folder: URL
    private var tiles: [ColourImage] = []
    private var sheets = 0
    private var list = "image,set,truth,answer,confidence\n"

    /// Makes the folder if need be.
    /// - Throws: `MediaError`.
    init(folder: String) throws {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        } catch {
            throw MissSheets.failure(folder, "the folder for misses cannot be made", error)
        }
    }

    /// Keeps what was misread in one picture, or not read at all.
    /// - Throws: `ImagingError`, `MediaError`.
    func take(_ outcome: PictureOutcome, picture: MediaPicture?) throws {
        for row in outcome.rows where !row.isExact {
            guard let truth = row.label.plate else { continue }
            let answer = row.read?.plate.text ?? ""
            let confidence = row.read.map { String(format: "%.3f", $0.confidence) } ?? ""
            list += "\(row.label.image),\(row.label.set),\(truth.text),\(answer),\(confidence)\n"
            guard let picture else { continue }
            let words = answer.isEmpty ? "not read" : "read \(answer) \(confidence)"
            tiles.append(try tile(of: picture.grey, around: place(of: row), text: "\(truth.text) \(words)"))
            if tiles.count == MissSheets.columns * MissSheets.rows { try writeSheet() }
        }
    }

    /// The last sheet, and misses.csv.
    /// - Throws: `ImagingError`, `MediaError`.
    func finish() throws {
        if !tiles.isEmpty { try writeSheet() }
        try write(Data(list.utf8), as: "misses.csv")
    }

    /// Where the label says that the plate is, else where it was read; nil: the whole picture.
    private func place(of row: RowOutcome) -> PixelBox? {
        if let box = row.label.box { return row.label.isCloseUp ? nil : box }
        return row.read?.box
    }

    private func tile(of grey: GreyImage, around box: PixelBox?, text: String) throws -> ColourImage {
        var part = grey
        if let box {
            let (across, down) = (box.width * MissSheets.surroundings, box.height * MissSheets.surroundings)
            part =
                grey.cropped(
                    x: Int(box.x - across),
                    y: Int(box.y - down),
                    width: Int(box.width + 2 * across),
                    height: Int(box.height + 2 * down)
                ) ?? grey
        }
        let (width, height) = MissSheets.tile
        let scale = min(
            1,
            Double(width - 4) / Double(part.width),
            Double(MissSheets.pictureHeight) / Double(part.height)
        )
        let small = part.scaledDown(
            width: max(1, Int(Double(part.width) * scale)),
            height: max(1, Int(Double(part.height) * scale))
        )
        let blank = try ColourImage(
            width: width,
            height: height,
            pixels: [UInt8](repeating: 24, count: width * height * 3)
        )
        let pasted = try MissSheets.paste([(ColourImage(small), 2, 0)], into: blank)
        // A line under the picture carries the text above it.
        let bottom = Double(height - 1)
        let line = Annotation(
            corners: [(x: 2, y: bottom), (x: Double(width) - 2, y: bottom)],
            label: text,
            certainty: 0
        )
        return try pasted.annotated([line])
    }

    private func writeSheet() throws {
        let (width, height) = MissSheets.tile
        let rows = (tiles.count + MissSheets.columns - 1) / MissSheets.columns
        let count = width * MissSheets.columns * height * rows * 3
        let blank = try ColourImage(
            width: width * MissSheets.columns,
            height: height * rows,
            pixels: [UInt8](repeating: 0, count: count)
        )
        let placed = tiles.enumerated().map { index, tile in
            (tile, index % MissSheets.columns * width, index / MissSheets.columns * height)
        }
        let sheet = try MissSheets.paste(placed, into: blank)
        sheets += 1
        try write(Data(try JPEG.encode(sheet)), as: String(format: "misses-%02d.jpg", sheets))
        tiles = []
    }

    /// Each picture copied to its place (left, top); all must fit.
    private static func paste(
        _ pictures: [(ColourImage, Int, Int)],
        into ground: ColourImage
    ) throws(ImagingError) -> ColourImage {
        var pixels = ground.pixels
        for (picture, left, top) in pictures {
            for row in 0..<min(picture.height, ground.height - top) {
                let length = min(picture.width, ground.width - left) * 3
                let source = row * picture.width * 3
                let target = ((top + row) * ground.width + left) * 3
                pixels.replaceSubrange(target..<(target + length), with: picture.pixels[source..<(source + length)])
            }
        }
        return try ColourImage(width: ground.width, height: ground.height, pixels: pixels)
    }

    private func write(_ data: Data, as name: String) throws {
        let target = folder.appendingPathComponent(name)
        do {
            try data.write(to: target)
        } catch {
            throw MissSheets.failure(target.path, "the misses cannot be written", error)
        }
    }

    private static func failure(_ path: String, _ what: String, _ error: any Error) -> MediaError {
        MediaError(.unreadable, path, "\(what): \(error.localizedDescription)")
    }
}
