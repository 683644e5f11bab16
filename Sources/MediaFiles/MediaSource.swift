// Pictures one after the other, whatever the path names: a still, a video, a folder of stills.
internal import Foundation
internal import Imaging

/// Reads a still, a video or a folder (its pictures in name order), one picture at a time.
///
/// Decoding blocks: use it on a thread of your own. Not to be shared between threads at once.
package final class MediaSource {
    package enum Kind: Sendable { case still, video, folder }

    /// Endings of the files that a folder is searched for; single files are told by their content.
    package static let pictureEndings: Set<String> = ["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "ppm", "pgm"]

    package let path: String
    package let kind: Kind
    /// How many pictures there will be; nil where the container does not say.
    package let expectedCount: Int?
    /// Video frames, or pictures of a folder, that could not be decoded and were left out.
    package private(set) var skipped = 0
    /// Why, one sentence each, the first 20.
    package private(set) var complaints: [String] = []

    private var remaining: [String]
    private let picturesPerSecond: Double
    private var video: VideoReader?
    private var index = 0

    /// - Parameter picturesPerSecond: gives the pictures of a folder their times.
    /// - Throws: `MediaError`.
    package init(path: String, picturesPerSecond: Double = 10) throws {
        self.path = path
        self.picturesPerSecond = picturesPerSecond
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw MediaError(.unreadable, path, "there is no such file or folder")
        }
        if isFolder.boolValue {
            kind = .folder
            remaining = try MediaSource.pictures(inFolder: path).reversed()
            expectedCount = remaining.count
            return
        }
        guard try MediaSource.start(of: path).count > 0 else {
            throw MediaError(.empty, path, "the file has zero bytes; copy it again")
        }
        if JPEG.isJPEG(try MediaSource.start(of: path)) {
            kind = .still
            remaining = [path]
            expectedCount = 1
            return
        }
        let video = try VideoReader(path: path)
        remaining = []
        if video.isStill {
            kind = .still
            expectedCount = 1
        } else {
            kind = .video
            expectedCount = video.expectedCount
        }
        self.video = video
    }

    /// The next picture, or nil at the end. A video frame, or a picture of a folder, that cannot be decoded is counted
    /// in `skipped` and passed over.
    /// - Throws: `MediaError` when a still is bad, or not one picture of a video or folder could be decoded.
    package func next() throws -> MediaPicture? {
        if video != nil { return try nextOfVideo() }
        while let file = remaining.popLast() {
            let number = index
            index += 1
            do {
                let seconds = kind == .folder ? Double(number) / picturesPerSecond : 0
                return try MediaSource.still(file, index: number, seconds: seconds)
            } catch let error as MediaError where kind == .folder {
                skip("\(error)")
            }
        }
        if kind == .folder, skipped == index {
            throw MediaError(.format, path, "not one of its \(index) pictures can be read; the first: \(complaints[0])")
        }
        return nil
    }

    private func nextOfVideo() throws -> MediaPicture? {
        guard let video else { return nil }
        while true {
            guard let item = try video.next() else {
                if index == 0 {
                    let reason = complaints.first ?? "no frame was found"
                    throw MediaError(.format, path, "nothing in it could be decoded (\(reason)); copy it again")
                }
                return nil
            }
            switch item {
            case .undecodable(let reason):
                if kind == .still { throw MediaError(.format, path, reason) }
                skip(reason)
            case .picture(let grey, let origin, let seconds, let damaged):
                let number = index
                index += 1
                let name = kind == .still ? path : "\(path)#\(number)"
                return MediaPicture(
                    index: number,
                    seconds: seconds,
                    name: name,
                    grey: grey,
                    damaged: damaged,
                    origin: origin
                )
            }
        }
    }

    private func skip(_ reason: String) {
        skipped += 1
        if complaints.count < 20 { complaints.append(reason) }
    }

    /// Decodes one still file of any kind.
    private static func still(_ path: String, index: Int, seconds: Double) throws -> MediaPicture {
        let bytes = try contents(of: path)
        guard !bytes.isEmpty else { throw MediaError(.empty, path, "the file has zero bytes; copy it again") }
        if JPEG.isJPEG(bytes) {
            do throws(ImagingError) {
                let decoded = try JPEG.decodeGrey(bytes)
                let orientation = Orientation(ofJPEG: bytes)
                return MediaPicture(
                    index: index,
                    seconds: seconds,
                    name: path,
                    grey: try decoded.image.upright(from: orientation),
                    damaged: decoded.damaged,
                    origin: .jpeg(bytes, orientation)
                )
            } catch {
                throw MediaError(.format, path, error.message)
            }
        }
        let reader = try VideoReader(path: path)
        while let item = try reader.next() {
            switch item {
            case .undecodable(let reason): throw MediaError(.format, path, reason)
            case .picture(let grey, let origin, _, let damaged):
                return MediaPicture(
                    index: index,
                    seconds: seconds,
                    name: path,
                    grey: grey,
                    damaged: damaged,
                    origin: origin
                )
            }
        }
        throw MediaError(.format, path, "no picture is in it; copy it again")
    }

    private static func pictures(inFolder path: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw MediaError(.unreadable, path, "the folder cannot be read: \(error.localizedDescription)")
        }
        let pictures = names.filter { name in
            !name.hasPrefix(".") && pictureEndings.contains((name as NSString).pathExtension.lowercased())
        }
        guard !pictures.isEmpty else {
            throw MediaError(
                .empty,
                path,
                "the folder holds no picture (\(pictureEndings.sorted().joined(separator: ", ")))"
            )
        }
        return pictures.sorted().map { (path as NSString).appendingPathComponent($0) }
    }

    /// The first 16 bytes.
    private static func start(of path: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw MediaError(.unreadable, path, "the file may not be read; look at its permissions")
        }
        defer { try? file.close() }
        do {
            return [UInt8](try file.read(upToCount: 16) ?? Data())
        } catch {
            throw MediaError(.unreadable, path, "the file cannot be read: \(error.localizedDescription)")
        }
    }

    private static func contents(of path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw MediaError(.unreadable, path, "the file cannot be read: \(error.localizedDescription)")
        }
    }
}
