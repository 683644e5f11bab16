// A proposed colour on the wire: it travels with its read, and reads of before it was known still open.
import Foundation
import ParkingCore
import Testing

@Suite struct VehicleColourTests {
    private func read(colour: ColourProposal?) throws -> PlateRead {
        let time = Date(timeIntervalSince1970: 1_781_000_000)
        return PlateRead(
            id: UUIDv7(at: time),
            camera: try CameraID("left"),
            time: time,
            frames: 3,
            reading: PlateReading(
                plate: try Plate("CABC123"),
                confidence: 0.98,
                characters: [],
                alternates: [],
                box: PixelBox(x: 1, y: 2, width: 30, height: 15),
                corners: []
            ),
            colour: colour
        )
    }

    @Test func `a proposal travels with its read`() throws {
        let sent = try read(colour: ColourProposal(colour: .brown, confidence: 0.97))
        #expect(try WireCoding.decoder().decode(PlateRead.self, from: WireCoding.encoder().encode(sent)) == sent)
    }

    @Test func `a read without a colour says nothing about it, as reads did before there were any`() throws {
        let sent = try read(colour: nil)
        let bytes = try WireCoding.encoder().encode(sent)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("colour"))
        #expect(try WireCoding.decoder().decode(PlateRead.self, from: bytes).colour == nil)
    }

    @Test func `every colour has a name of its own in either language`() {
        #expect(Set(VehicleColour.allCases.map(\.name.en)).count == VehicleColour.allCases.count)
        #expect(Set(VehicleColour.allCases.map(\.name.fr)).count == VehicleColour.allCases.count)
    }
}
