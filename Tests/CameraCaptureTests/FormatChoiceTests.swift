import ParkingCore
import Testing

// The choice among what a camera gives, its words, and settings that cannot be.
@testable import CameraCapture

private func settings(_ width: Int = 1280, _ height: Int = 720, _ rate: Double = 15) throws -> CameraSettings {
    try CameraSettings(
        id: CameraID("left"),
        device: "/dev/curbside/camera-left",
        formats: [.mjpeg, .yuyv],
        width: width,
        height: height,
        framesPerSecond: rate
    )
}

@Suite struct FormatChoiceTests {
    @Test func `size comes before rate, rate before preference`() throws {
        let wanted = try settings()
        let small = FormatOffer(format: .mjpeg, width: 640, height: 480, framesPerSecond: 30)
        let slow = FormatOffer(format: .yuyv, width: 1280, height: 720, framesPerSecond: 5)
        let right = FormatOffer(format: .yuyv, width: 1280, height: 720, framesPerSecond: 15)
        let silent = FormatOffer(format: .mjpeg, width: 1280, height: 720, framesPerSecond: nil)
        #expect(FormatChoice.best(of: [small, slow], for: wanted) == 1)
        #expect(FormatChoice.best(of: [slow, right], for: wanted) == 1)
        #expect(FormatChoice.best(of: [silent, right], for: wanted) == 0)
        #expect(FormatChoice.best(of: [right, right], for: wanted) == 0)
        #expect(FormatChoice.best(of: [], for: wanted) == nil)
    }

    @Test func `of wrong sizes the nearest is taken`() throws {
        let tiny = FormatOffer(format: .mjpeg, width: 160, height: 120, framesPerSecond: 30)
        let near = FormatOffer(format: .yuyv, width: 1024, height: 768, framesPerSecond: 30)
        #expect(FormatChoice.best(of: [tiny, near], for: try settings()) == 1)
    }

    @Test func `what was asked and what is given is told in one sentence`() throws {
        let offer = FormatOffer(format: .yuyv, width: 640, height: 480, framesPerSecond: 30)
        let words = FormatChoice.words(offer, for: try settings(), notes: ["it has no gain that can be set"])
        #expect(words.hasPrefix("1280x720 MJPG or YUYV at 15/s asked; the camera gives 640x480 YUYV at 30/s"))
        #expect(words.contains("far plates may be too small"))
        #expect(words.hasSuffix("it has no gain that can be set"))
        let exact = FormatOffer(format: .mjpeg, width: 1280, height: 720, framesPerSecond: 7.5)
        #expect(
            FormatChoice.words(exact, for: try settings(), notes: [])
                == "1280x720 MJPG or YUYV at 15/s asked; the camera gives 1280x720 MJPG at 7.5/s"
        )
    }

    @Test func `absurd settings are refused by name`() throws {
        let id = try CameraID("left")
        let absurd: [() throws -> CameraSettings] = [
            { try CameraSettings(id: id, device: "video0") },
            { try CameraSettings(id: id, device: "") },
            { try CameraSettings(id: id, device: "/dev/video0", formats: []) },
            { try CameraSettings(id: id, device: "/dev/video0", formats: [.grey, .grey]) },
            { try CameraSettings(id: id, device: "/dev/video0", width: 0) },
            { try CameraSettings(id: id, device: "/dev/video0", height: 100_000) },
            { try CameraSettings(id: id, device: "/dev/video0", framesPerSecond: 0) },
            { try CameraSettings(id: id, device: "/dev/video0", framesPerSecond: .nan) },
            { try CameraSettings(id: id, device: "/dev/video0", exposure: .manual(0)) },
            { try CameraSettings(id: id, device: "/dev/video0", gain: .manual(-1)) },
        ]
        for make in absurd {
            let error = try #require(throws: CameraError.self) { _ = try make() }
            #expect(error.code == .settings && error.message.contains("camera left"))
        }
    }
}
