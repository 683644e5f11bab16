// Plates of which something hides a part are told from whole ones, and are not read as surely.
import Imaging
import Inference
import ParkingCore
import Testing

@testable import PlateRecognition

@Suite struct WholenessTests {
    private let street = DrawnStreet()

    private func surest(posts: [ClosedRange<Double>]) throws -> PlateReading? {
        let picture = try street.frame([.init(car: .dbrn937, x: 260, y: 160)], posts: posts)
        return try PlateRecogniser().read(picture).first?.reading
    }

    @Test func `a whole plate is sure, one behind a post is not`() throws {
        let whole = try #require(try surest(posts: []))
        #expect(whole.plate.text == "DBRN937" && whole.confidence > 0.9)
        // The plate is 110 pixels wide: a post before its left and before its right third.
        for post in [200.0...297, 333...420] {
            let hidden = try surest(posts: [post])
            #expect((hidden?.confidence ?? 0) < 0.9, "\(hidden?.plate.text ?? "")")
        }
    }

    @Test func `a post close beside a plate hides nothing`() throws {
        for post in [200.0...250, 380...420] {
            let beside = try #require(try surest(posts: [post]))
            #expect(beside.plate.text == "DBRN937" && beside.confidence > 0.9)
        }
    }

    @Test func `an outline without area has no answer, the others have theirs`() throws {
        let folder = try ModelFolder.builtIn()
        let (file, description) = try #require(try folder.wholeness())
        let reader = try WholenessReader(try OpenVINOEngine().load(file), description, file: file)
        let picture = Mipmap(try street.frame([.init(car: .dbrn937, x: 260, y: 160)]))
        func outline(_ x: Double, _ width: Double) -> Quad {
            Quad([(x, 160), (x + width, 160), (x + width, 215), (x, 215)].map { PixelPoint(x: $0.0, y: $0.1) })
        }
        let found = try reader.probabilities(picture, [outline(262, 106), outline(262, 0), outline(262, 106)])
        #expect(found.count == 3 && found[1] == nil && found[0] != nil && found[0] == found[2])
        #expect(try reader.probabilities(picture, []).isEmpty)
    }
}
