// A page as a print head sees it: black and white dots, to be looked at and compared.

package struct DotRaster: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// Row by row; true is black.
    package let dots: [Bool]

    init(width: Int, height: Int, isBlack: (_ x: Int, _ y: Int) -> Bool) {
        self.width = width
        self.height = height
        dots = (0..<width * height).map { isBlack($0 % width, $0 / width) }
    }

    package func isBlack(x: Int, y: Int) -> Bool { dots[y * width + x] }

    /// A portable bitmap (P4), which every picture program reads.
    package var portableBitmap: [UInt8] {
        var bytes = Array("P4\n\(width) \(height)\n".utf8)
        for y in 0..<height {
            for start in stride(from: 0, to: width, by: 8) {
                var byte: UInt8 = 0
                for bit in 0..<8 where start + bit < width && isBlack(x: start + bit, y: y) { byte |= 0x80 >> bit }
                bytes.append(byte)
            }
        }
        return bytes
    }
}
