// JPEG: what comes out is what went in, and what is broken is called so.
import Imaging
import Testing

@Suite struct JPEGTests {
    @Test(arguments: [(1, 1), (17, 5), (320, 200)])
    func `a picture survives encoding and decoding`(width: Int, height: Int) throws {
        let picture = try waves(width: width, height: height)
        let decoded = try JPEG.decodeColour(try JPEG.encode(picture, quality: 97))
        #expect(!decoded.damaged)
        #expect(decoded.image.width == width && decoded.image.height == height)
        let error = zip(picture.grey.pixels, decoded.image.grey.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(error.reduce(0, +)) / Double(error.count) < 3)
    }

    @Test func `brightness is the same whether taken from the file or from its colours`() throws {
        let bytes = try JPEG.encode(try waves(width: 160, height: 90))
        let direct = try JPEG.decodeGrey(bytes).image
        let throughColour = try JPEG.decodeColour(bytes).image.grey
        let error = zip(direct.pixels, throughColour.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(error.reduce(0, +)) / Double(error.count) < 1)
    }

    @Test func `a file cut in the middle is refused and says how much is missing`() throws {
        let bytes = try JPEG.encode(try waves(width: 320, height: 320))
        let error = try #require(throws: ImagingError.self) {
            _ = try JPEG.decodeGrey(Array(bytes.prefix(bytes.count / 2)))
        }
        #expect(error.code == .truncated)
        #expect(error.message.contains("cut off"))
    }

    @Test func `a file that lacks its last rows only is read and marked as damaged`() throws {
        let picture = try waves(width: 320, height: 320)
        let bytes = try JPEG.encode(picture)
        let decoded = try JPEG.decodeGrey(Array(bytes.prefix(bytes.count * 97 / 100)))
        #expect(decoded.damaged)
        let error = zip(picture.grey.pixels, decoded.image.pixels).prefix(320 * 280).map { abs(Int($0) - Int($1)) }
        #expect(Double(error.reduce(0, +)) / Double(error.count) < 4)
    }

    @Test(arguments: [[], [0xFF], [0xFF, 0xD8, 0xFF], Array("no picture at all".utf8)] as [[UInt8]])
    func `what is no JPEG is refused`(bytes: [UInt8]) throws {
        let error = try #require(throws: ImagingError.self) { _ = try JPEG.decodeGrey(bytes) }
        #expect(error.code == .format)
    }

    @Test func `a header that promises an absurd size is refused before memory is taken`() throws {
        var bytes = try JPEG.encode(try waves(width: 64, height: 64))
        let frame = try #require(bytes.indices.dropLast(8).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
        let error = try #require(throws: ImagingError.self) { _ = try JPEG.decodeGrey(bytes) }
        #expect(error.code == .size)
    }

    @Test func `a frame without Huffman tables gets the standard ones`() throws {
        let picture = try waves(width: 96, height: 64)
        let whole = try JPEG.encode(picture)
        var bare = Array(whole.prefix(2))
        var position = 2
        while position + 4 < whole.count, whole[position + 1] != 0xDA {
            let end = position + 2 + Int(whole[position + 2]) * 256 + Int(whole[position + 3])
            if whole[position + 1] != 0xC4 { bare += whole[position..<end] }
            position = end
        }
        bare += whole[position...]
        #expect(bare.count < whole.count - 100)
        let completed = try JPEG.completed(bare)
        #expect(completed.count == whole.count)
        #expect(try JPEG.decodeGrey(completed).image == JPEG.decodeGrey(whole).image)
        #expect(try JPEG.completed(whole) == whole)
    }
}
