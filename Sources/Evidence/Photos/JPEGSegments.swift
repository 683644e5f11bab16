// The outer structure of a JPEG file (ITU-T T.81, annex B), so that metadata goes in without touching the picture.

/// A whole JPEG picture, seen as the segments before its first scan and everything after.
struct JPEGSegments {
    /// Marker code's second byte, and the segment's bytes from 0xFF to its end.
    struct Segment {
        let marker: UInt8
        let bytes: ArraySlice<UInt8>
    }

    /// From after SOI up to and without the first SOS.
    private(set) var header: [Segment]
    /// From SOS to the end of the file: compressed data that nobody changes.
    let scans: ArraySlice<UInt8>
    let width: Int
    let height: Int

    private static let exifPrefix: [UInt8] = Array("Exif\0\0".utf8)
    /// A segment's length is 16 bits and counts its own two bytes.
    static let maximumPayload = 65_533

    /// - Throws: `EvidenceError.damagedFrame` unless the file begins with SOI, holds a frame header with a size, at
    ///   least one scan, and ends with EOI (zero bytes after it are let pass: some cameras pad).
    init(_ file: [UInt8]) throws(EvidenceError) {
        func damaged(_ what: String) -> EvidenceError {
            EvidenceError(.damagedFrame, "the frame is no whole JPEG (\(what)); take the next frame of this pass")
        }
        guard file.count >= 4, file[0] == 0xFF, file[1] == 0xD8 else { throw damaged("it does not begin as one") }
        var header: [Segment] = []
        var size: (width: Int, height: Int)?
        var at = 2
        while true {
            guard at + 4 <= file.count, file[at] == 0xFF else { throw damaged("cut or garbled at byte \(at)") }
            let marker = file[at + 1]
            if marker == 0xFF {
                at += 1
                continue
            }
            guard marker >= 0xC0, !(0xD0...0xD9).contains(marker) else {
                throw damaged("unexpected marker at byte \(at)")
            }
            if marker == 0xDA { break }
            let length = Int(file[at + 2]) << 8 | Int(file[at + 3])
            guard length >= 2, at + 2 + length <= file.count else { throw damaged("cut at byte \(at)") }
            let segment = Segment(marker: marker, bytes: file[at..<(at + 2 + length)])
            if JPEGSegments.isFrameHeader(marker), length >= 8 {
                size = (
                    width: Int(file[at + 7]) << 8 | Int(file[at + 8]),
                    height: Int(file[at + 5]) << 8 | Int(file[at + 6])
                )
            }
            header.append(segment)
            at += 2 + length
        }
        guard let size, size.width > 0, size.height > 0 else { throw damaged("it has no picture size") }
        guard JPEGSegments.endsWithEOI(file[at...]) else { throw damaged("its end is missing") }
        self.header = header
        scans = file[at...]
        width = size.width
        height = size.height
    }

    /// The file with `exif` (beginning with "Exif\0\0", then a TIFF structure) in place of any EXIF it had.
    ///
    /// It stands after JFIF's APP0 segments, which insist on being first, and before everything else.
    func replacingEXIF(_ exif: [UInt8]) throws(EvidenceError) -> [UInt8] {
        guard exif.count <= JPEGSegments.maximumPayload, exif.starts(with: JPEGSegments.exifPrefix) else {
            throw EvidenceError(
                .metadataFailed,
                "the photo's metadata (\(exif.count) bytes) does not fit into a segment"
            )
        }
        let kept = header.filter { !JPEGSegments.isEXIF($0) }
        let first = kept.prefix { $0.marker == 0xE0 }
        let length = exif.count + 2
        var file: [UInt8] = [0xFF, 0xD8]
        file.reserveCapacity(scans.count + exif.count + kept.reduce(64) { $0 + $1.bytes.count })
        for segment in first { file.append(contentsOf: segment.bytes) }
        file.append(contentsOf: [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)])
        file.append(contentsOf: exif)
        for segment in kept.dropFirst(first.count) { file.append(contentsOf: segment.bytes) }
        file.append(contentsOf: scans)
        return file
    }

    private static func isFrameHeader(_ marker: UInt8) -> Bool {
        (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
    }

    private static func isEXIF(_ segment: Segment) -> Bool {
        segment.marker == 0xE1 && segment.bytes.dropFirst(4).starts(with: exifPrefix)
    }

    private static func endsWithEOI(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let last = bytes.lastIndex(where: { $0 != 0 }), last > bytes.startIndex else { return false }
        return bytes[last] == 0xD9 && bytes[last - 1] == 0xFF
    }
}
