// How a camera was held: stills say it in their EXIF block, and must be turned before anything in them can be read.

/// The EXIF tag 0x0112 (JEITA CP-3451, 4.6.4): which sides of the scene the picture's first row and column are.
package enum Orientation: Int, Hashable, Sendable, CaseIterable {
    case upright = 1
    case mirrored, upsideDown, upsideDownMirrored
    case leftTopMirrored, turnedLeft, rightBottomMirrored, turnedRight

    /// Whether rows of the stored picture are columns of the scene.
    var swapsSides: Bool { rawValue >= Orientation.leftTopMirrored.rawValue }

    /// `upright` for a file that does not say, or whose EXIF block makes no sense.
    package init(ofJPEG bytes: [UInt8]) {
        self = Orientation.exif(in: bytes).flatMap { Orientation.tag(in: bytes[$0]) } ?? .upright
    }

    /// Bytes of the TIFF structure in the first EXIF segment (APP1).
    private static func exif(in bytes: [UInt8]) -> Range<Int>? {
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
            let end = at + 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3])
            guard end > at + 3, end <= bytes.count else { return nil }
            let isEXIF = bytes[at + 1] == 0xE1 && bytes[(at + 4)..<end].starts(with: Array("Exif\0\0".utf8))
            if isEXIF { return (at + 10)..<end }
            at = end
        }
        return nil
    }

    /// Looks the tag up in the first directory of a TIFF structure; nothing in it is believed to be in bounds.
    private static func tag(in tiff: ArraySlice<UInt8>) -> Orientation? {
        let isLittle = tiff.starts(with: [0x49, 0x49, 42, 0])
        guard isLittle || tiff.starts(with: [0x4D, 0x4D, 0, 42]) else { return nil }
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - size else { return nil }
            let bytes = tiff[(tiff.startIndex + offset)..<(tiff.startIndex + offset + size)]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + entry * 12
            guard let tag = number(at, 2) else { return nil }
            if tag == 0x0112 { return number(at + 8, 2).flatMap(Orientation.init(rawValue:)) }
        }
        return nil
    }

    /// The stored pixel that stands at (x, y) of the upright picture; `width` and `height` are the stored picture's.
    func stored(_ x: Int, _ y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .upsideDown: (width - 1 - x, height - 1 - y)
        case .upsideDownMirrored: (x, height - 1 - y)
        case .leftTopMirrored: (y, x)
        case .turnedLeft: (y, height - 1 - x)
        case .rightBottomMirrored: (width - 1 - y, height - 1 - x)
        case .turnedRight: (width - 1 - y, x)
        }
    }

    /// The pixels of the upright picture, `channels` bytes each.
    fileprivate func turned(_ pixels: [UInt8], width: Int, height: Int, channels: Int) -> [UInt8] {
        let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
        return [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
            pixels.withUnsafeBufferPointer { source in
                var at = 0
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let place = stored(x, y, width: width, height: height)
                        let from = (place.y * width + place.x) * channels
                        for channel in 0..<channels { target[at + channel] = source[from + channel] }
                        at += channels
                    }
                }
            }
            count = pixels.count
        }
    }
}

extension GreyImage {
    /// The picture as the scene was, when it was stored in this orientation.
    package func upright(from orientation: Orientation) throws(ImagingError) -> GreyImage {
        guard orientation != .upright else { return self }
        let turned = orientation.turned(pixels, width: width, height: height, channels: 1)
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        return try GreyImage(width: newWidth, height: newHeight, pixels: turned)
    }
}

extension ColourImage {
    /// The picture as the scene was, when it was stored in this orientation.
    package func upright(from orientation: Orientation) throws(ImagingError) -> ColourImage {
        guard orientation != .upright else { return self }
        let turned = orientation.turned(pixels, width: width, height: height, channels: 3)
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        return try ColourImage(width: newWidth, height: newHeight, pixels: turned)
    }
}
