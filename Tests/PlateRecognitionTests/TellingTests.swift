// When a pass is told: in time for the officer, once, and corrected at most once.
import ParkingCore
import Testing

@testable import PlateRecognition

/// Runs a tracker over frames `interval` seconds apart.
private struct Drive {
    var tracker = PlateTracker()
    var told: [TrackedPlate] = []
    var frame = 0
    let interval: Double

    init(framesPerSecond: Double = 15) { interval = 1 / framesPerSecond }

    var seconds: Double { Double(frame) * interval }

    mutating func show(_ frames: Int, _ plates: (Int) throws -> [PlateObservation]) rethrows {
        for index in 0..<frames {
            told += tracker.update(try plates(index), at: seconds, frame: frame)
            frame += 1
        }
    }
}

@Suite struct TellingTests {
    @Test(arguments: [5.0, 10, 12, 15, 25, 30, 60])
    func `no later than 300 ms after the last useful frame, at any frame rate`(rate: Double) throws {
        var drive = Drive(framesPerSecond: rate)
        // It comes nearer for a second, so that each frame is a better one, and is gone.
        try drive.show(Int(rate)) { index in
            [try seen("ABCD123", x: 300, width: 60 + Double(index) * 120 / rate, confidence: 0.98)]
        }
        drive.show(Int(rate * 2)) { _ in [] }
        let pass = try #require(drive.told.first)
        #expect(drive.told.count == 1)
        #expect(pass.toldSeconds - pass.usefulSeconds <= 0.3 + 1e-9)
        #expect(pass.toldSeconds - pass.lastSeconds <= 0.3 + 1e-9 && pass.toldSeconds >= 0.4)
    }

    @Test func `a sure plate that goes on standing there is told while it is in view, and only once`() throws {
        var drive = Drive()
        try drive.show(150) { _ in [try seen("ABCD123", x: 300, sure: 0.99, confidence: 0.98)] }
        #expect(drive.told.map(\.reading.plate.text) == ["ABCD123"])
        #expect(try #require(drive.told.first).toldSeconds < 1)
        drive.told += drive.tracker.finish()
        #expect(drive.told.count == 1)
    }

    @Test func `an unsure plate waits for better frames as long as they come`() throws {
        var drive = Drive()
        try drive.show(15) { index in
            [try seen("ABCD123", x: 300, width: 60 + Double(index) * 4, sure: 0.5, confidence: 0.6)]
        }
        #expect(drive.told.isEmpty)
        try drive.show(12) { index in
            [try seen("ABCD128", x: 300, width: 130 + Double(index) * 4, sure: 0.99, confidence: 0.99)]
        }
        drive.show(15) { _ in [] }
        #expect(drive.told.map(\.reading.plate.text) == ["ABCD128"])
        #expect(!drive.told[0].isCorrection)
    }

    @Test func `frames at the picture's edge are not waited for`() throws {
        var drive = Drive()
        try drive.show(6) { _ in [try seen("ABCD123", x: 20, sure: 0.6, confidence: 0.7)] }
        try drive.show(30) { _ in [try seen("BCD123", x: 0, confidence: 0.7, isCut: true)] }
        let pass = try #require(drive.told.first)
        #expect(drive.told.count == 1 && pass.reading.plate.text == "ABCD123")
        #expect(pass.toldSeconds <= 5 * drive.interval + 0.3 + 1e-9)
    }

    @Test func `hidden while unsure and then seen surely: told, and corrected once under the same number`() throws {
        var drive = Drive()
        try drive.show(4) { _ in [try seen("ABCD128", x: 300, sure: 0.6, confidence: 0.8)] }
        drive.show(9) { _ in [] }
        #expect(drive.told.map(\.reading.plate.text) == ["ABCD128"])
        try drive.show(30) { _ in [try seen("ABCD123", x: 300, sure: 0.999, confidence: 0.99)] }
        drive.told += drive.tracker.finish()
        #expect(drive.told.map(\.reading.plate.text) == ["ABCD128", "ABCD123"])
        #expect(drive.told.map(\.isCorrection) == [false, true])
        #expect(Set(drive.told.map(\.pass)).count == 1)
    }

    @Test func `what is most likely no plate is not told, however long it is seen`() throws {
        var drive = Drive()
        try drive.show(100) { _ in [try seen("NNL09", x: 300, sure: 0.99, confidence: 0.12)] }
        // Half a plate that something hides is read as four characters.
        try drive.show(100) { _ in [try seen("NL09", x: 600, sure: 0.99, confidence: 0.8)] }
        drive.told += drive.tracker.finish()
        #expect(drive.told.isEmpty)
    }

    @Test func `a plate too small to be read is not told, however long it is seen`() throws {
        var far = Drive()
        try far.show(100) { _ in [try seen("NNL09", x: 300, width: 31, sure: 0.95, confidence: 0.9)] }
        far.told += far.tracker.finish()
        #expect(far.told.isEmpty)
    }

    @Test func `of frames as sharp and as large the squarest is the best`() throws {
        var tracker = PlateTracker()
        var told: [TrackedPlate] = []
        for frame in 0..<9 {
            let observation = try seen("ABCD123", x: 300, confidence: 0.98)
            // The right side lower by up to 15 pixels, level in frame 5.
            let lean = abs(Double(frame) - 5) * 3
            let corners = observation.reading.corners.enumerated().map { index, corner in
                PixelPoint(x: corner.x, y: corner.y + (index == 1 || index == 2 ? lean : 0))
            }
            let reading = PlateReading(
                plate: observation.reading.plate,
                confidence: 0.98,
                characters: observation.reading.characters,
                alternates: [],
                box: observation.reading.box,
                corners: corners
            )
            let leaning = PlateObservation(
                reading: reading,
                slots: observation.slots,
                sharpness: 0.5,
                isCut: false
            )
            told += tracker.update([leaning], at: Double(frame) / 30, frame: frame)
        }
        #expect((told + tracker.finish()).map(\.bestFrame) == [5])
    }

    @Test func `cars whose plates cross in the picture keep their texts`() throws {
        var drive = Drive()
        try drive.show(20) { index in
            let shift = Double(index) * 20
            // Behind each other for two frames, so that only the nearer is seen.
            let far = index == 9 || index == 10 ? [] : [try seen("WXYZ789", x: 100 + shift, confidence: 0.95)]
            return [try seen("ABCD123", x: 480 - shift, confidence: 0.95)] + far
        }
        drive.told += drive.tracker.finish()
        #expect(drive.told.map(\.reading.plate.text).sorted() == ["ABCD123", "WXYZ789"])
    }

    @Test func `time that steps back, stands still or is far off does not stop it or let it grow`() throws {
        var tracker = PlateTracker()
        var told = 0
        for frame in 0..<2000 {
            // Another text each frame, all at the same instant.
            let text = "A\(1000 + frame)"
            told +=
                tracker.update([try seen(text, x: Double(frame % 40) * 70)], at: 5 - Double(frame % 3), frame: frame)
                .count
            #expect(tracker.heldFrames.count <= 64)
        }
        told += tracker.finish().count
        #expect(told <= 2000)
        #expect(tracker.update([try seen("ABCD123", x: 3)], at: 1e9, frame: 3000).isEmpty)
    }

    @Test func `a picture of another size goes on with the same passes`() throws {
        var drive = Drive()
        try drive.show(4) { _ in [try seen("ABCD123", x: 300, width: 60, confidence: 0.8)] }
        drive.tracker.rescale(x: 3, y: 3)
        try drive.show(12) { _ in [try seen("ABCD123", x: 900, y: 300, width: 180, confidence: 0.98)] }
        drive.told += drive.tracker.finish()
        #expect(drive.told.count == 1 && drive.told[0].reading.plate.text == "ABCD123")
        #expect(drive.told[0].firstSeconds == 0)
    }
}
