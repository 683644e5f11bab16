// Stills, videos and folders, made with the project's own encoder and with ffmpeg; and broken ones.
import Foundation
import Imaging
import MediaFiles
import Testing

private func all(_ source: MediaSource) throws -> [MediaPicture] {
    var pictures: [MediaPicture] = []
    while let picture = try source.next() { pictures.append(picture) }
    return pictures
}

@Suite struct MediaSourceTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a JPEG hands on its own bytes`() throws {
        let bytes = try JPEG.encode(try waves(width: 120, height: 80))
        let source = try MediaSource(path: try scratch.write(bytes, as: "a.jpg"))
        let pictures = try all(source)
        #expect(pictures.count == 1 && source.kind == .still)
        #expect(try pictures[0].jpeg() == bytes)
        #expect(pictures[0].grey.width == 120 && pictures[0].seconds == 0)
    }

    @Test(arguments: ["png", "bmp", "webp", "tiff", "ppm"])
    func `a still of another kind is read and can be had as JPEG`(ending: String) throws {
        let picture = try waves(width: 64, height: 48)
        _ = try scratch.write(try JPEG.encode(picture, quality: 98), as: "a.jpg")
        try scratch.ffmpeg("-i", "a.jpg", "b.\(ending)")
        let source = try MediaSource(path: scratch.path("b.\(ending)"))
        let pictures = try all(source)
        #expect(pictures.count == 1 && source.kind == .still)
        let found = try #require(pictures.first)
        let error = zip(found.grey.pixels, picture.grey.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(error.reduce(0, +)) / Double(error.count) < 5)
        #expect(try JPEG.decodeColour(try found.jpeg()).image.width == 64)
    }

    @Test(arguments: [("avi", "mjpeg"), ("mp4", "libx264"), ("mkv", "mpeg4"), ("mov", "mjpeg")])
    func `a video gives its frames with their times`(ending: String, codec: String) throws {
        try scratch.ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2", "-c:v", codec, "v.\(ending)")
        let source = try MediaSource(path: scratch.path("v.\(ending)"))
        let pictures = try all(source)
        #expect(source.kind == .video && pictures.count == 20 && source.skipped == 0)
        #expect(pictures.map(\.index) == Array(0..<20))
        #expect(zip(pictures, 0..<20).allSatisfy { abs($0.seconds - Double($1) / 10) < 0.02 })
        let first = try #require(pictures.first)
        let evidence = try JPEG.decodeColour(try first.jpeg()).image
        #expect(evidence.width == 160 && evidence.height == 120)
        let error = zip(evidence.grey.pixels, first.grey.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(error.reduce(0, +)) / Double(error.count) < 6)
    }

    @Test func `a folder gives its pictures in the order of their names, and counts those that are broken`() throws {
        let bytes = try JPEG.encode(try waves(width: 40, height: 30))
        for name in ["c.jpg", "a.jpg"] { _ = try scratch.write(bytes, as: name) }
        _ = try scratch.write(Array("text".utf8), as: "b.jpg")
        _ = try scratch.write(Array("other".utf8), as: "notes.txt")
        let source = try MediaSource(path: scratch.folder.path, picturesPerSecond: 5)
        let pictures = try all(source)
        #expect(pictures.map { ($0.name as NSString).lastPathComponent } == ["a.jpg", "c.jpg"])
        #expect(pictures.map(\.seconds) == [0, 0.4])
        #expect(source.skipped == 1)
        #expect(source.complaints.first?.contains("b.jpg") == true)
    }

    @Test func `bad input is refused with its name`() throws {
        let jpeg = try JPEG.encode(try waves(width: 200, height: 200))
        let bad: [(path: String, code: MediaError.Code)] = [
            (scratch.path("absent.jpg"), .unreadable),
            (try scratch.write([], as: "zero.jpg"), .empty),
            (try scratch.write(Array("Dear Sir or Madam, this is a letter.\n".utf8), as: "text.jpg"), .format),
            (try scratch.write(jpeg.prefix(jpeg.count / 3), as: "cut.jpg"), .format),
            (
                try scratch.write(
                    (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) },
                    as: "noise.mp4"
                ), .format
            ),
            (try scratch.write(Array("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n".utf8), as: "list.m3u8"), .format),
        ]
        for (path, code) in bad {
            let error = try #require(throws: MediaError.self, "\(path)") { _ = try all(try MediaSource(path: path)) }
            #expect(error.code == code && error.description.contains(path))
        }
        try FileManager.default.createDirectory(atPath: scratch.path("empty"), withIntermediateDirectories: true)
        let error = try #require(throws: MediaError.self) { _ = try MediaSource(path: scratch.path("empty")) }
        #expect(error.code == .empty)
    }

    @Test func `sound without pictures is refused`() throws {
        try scratch.ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", "sound.mp4")
        let error = try #require(throws: MediaError.self) { _ = try MediaSource(path: scratch.path("sound.mp4")) }
        #expect(error.message.contains("no picture stream"))
    }

    @Test func `a video cut off in the middle gives what is there`() throws {
        try scratch.ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2", "-c:v", "mjpeg", "v.avi")
        let whole = try Data(contentsOf: scratch.folder.appendingPathComponent("v.avi"))
        let source = try MediaSource(path: try scratch.write(whole.prefix(whole.count / 2), as: "cut.avi"))
        let pictures = try all(source)
        #expect(pictures.count + source.skipped < 20 && pictures.count > 3)
    }

    @Test func `frames that are spoilt are counted and passed over`() throws {
        try scratch.ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2", "-c:v", "mjpeg", "v.avi")
        var bytes = [UInt8](try Data(contentsOf: scratch.folder.appendingPathComponent("v.avi")))
        let starts = bytes.indices.dropLast(3).filter {
            bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD8 && bytes[$0 + 2] == 0xFF
        }
        #expect(starts.count == 20)
        for start in [starts[4], starts[9]] { for place in start..<(start + 40) { bytes[place] = 0 } }
        let source = try MediaSource(path: try scratch.write(bytes, as: "spoilt.avi"))
        #expect(try all(source).count == 18)
        #expect(source.skipped == 2)
    }
}
