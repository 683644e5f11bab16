// Copies of pictures with the reads drawn, for people who check.
internal import Foundation
internal import Imaging
internal import MediaFiles
internal import ParkingCore
internal import PlateRecognition

final class Annotator {
    private let folder: URL
    private var used: Set<String> = []

    /// Makes the folder if need be.
    init(folder: String) throws {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        } catch {
            throw MediaError(
                .unreadable,
                folder,
                "the folder for annotated pictures cannot be made: \(error.localizedDescription)"
            )
        }
    }

    /// A picture with all its reads; of a video the best frame of each pass.
    func write(_ result: RecogniseResult) throws {
        if let picture = result.picture {
            try write(picture, reads: result.reads, name: picture.name)
            return
        }
        for (frame, picture) in result.bestFrames.sorted(by: { $0.key < $1.key }) {
            let reads = result.reads.filter { $0.pass?.bestFrame == frame }
            if !reads.isEmpty { try write(picture, reads: reads, name: picture.name) }
        }
    }

    private func write(_ picture: MediaPicture, reads: [RecogniseResult.Read], name: String) throws {
        let annotations = reads.map { result in
            let read = result.reading
            let colour = result.colour.map { " \($0.colour.name.en) \(String(format: "%.2f", $0.confidence))" } ?? ""
            return Annotation(
                corners: read.corners.map { (x: $0.x, y: $0.y) },
                label: "\(read.plate.text) \(String(format: "%.2f", read.confidence))\(colour)",
                certainty: read.confidence
            )
        }
        let drawn = try JPEG.encode(try picture.colour().annotated(annotations))
        let target = folder.appendingPathComponent(freeName(for: name))
        do {
            try Data(drawn).write(to: target)
        } catch {
            throw MediaError(
                .unreadable,
                target.path,
                "the annotated picture cannot be written: \(error.localizedDescription)"
            )
        }
    }

    /// The file's own name, with a number where two folders hold files of the same name.
    private func freeName(for path: String) -> String {
        let file = (path as NSString).lastPathComponent.replacingOccurrences(of: "#", with: "-")
        let stem = file.hasSuffix(".jpg") ? String(file.dropLast(4)) : file
        var name = stem
        var number = 2
        while !used.insert(name).inserted {
            name = "\(stem)-\(number)"
            number += 1
        }
        return name + ".jpg"
    }
}
