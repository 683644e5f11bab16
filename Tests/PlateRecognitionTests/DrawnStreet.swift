// Pictures of moving plates for tests: plates cut out of the demonstration's videos, put before a grey street.
import Foundation
import Imaging
import MediaFiles
import ParkingCore

@testable import PlateRecognition

/// Draws frames of a street in which plates stand where a test wants them.
struct DrawnStreet {
    /// A plate of the demonstration: the video, the frame in which it is seen best, and its box there.
    enum Car: String, CaseIterable {
        case ckft482 = "CKFT482"
        case dbrn937 = "DBRN937"
        case dhks714 = "DHKS714"

        fileprivate var place: (video: String, frame: Int, box: PixelBox) {
            switch self {
            case .ckft482: ("right", 24, PixelBox(x: 883, y: 590, width: 115, height: 85))
            case .dbrn937: ("right", 36, PixelBox(x: 952, y: 573, width: 118, height: 88))
            case .dhks714: ("left", 78, PixelBox(x: 88, y: 586, width: 110, height: 87))
            }
        }
    }

    struct Shown {
        let car: Car
        /// Left and top of the plate, and its width, pixels.
        let x: Double
        let y: Double
        var width = 110.0
    }

    /// Around the cut-out plate, as a share of its width.
    private static let surroundings = 0.3

    /// Cut out once a process.
    private static let cutOuts: Result<[Car: GreyImage], any Error> = Result {
        let recording = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/demo/recording")
        var found: [Car: GreyImage] = [:]
        for video in ["right", "left"] {
            let source = try MediaSource(path: recording.appending(path: "\(video).mp4").path)
            let cars = Car.allCases.filter { $0.place.video == video }
            let last = cars.map(\.place.frame).max() ?? 0
            while let picture = try source.next(), picture.index <= last {
                for car in cars where car.place.frame == picture.index {
                    let box = car.place.box
                    let margin = box.width * surroundings
                    found[car] = picture.grey.cropped(
                        x: Int(box.x - margin),
                        y: Int(box.y - margin),
                        width: Int(box.width + 2 * margin),
                        height: Int(box.height + 2 * margin)
                    )
                }
            }
        }
        return found
    }

    let width: Int
    let height: Int

    init(width: Int = 640, height: Int = 400) {
        self.width = width
        self.height = height
    }

    /// - Parameters:
    ///   - plates: later ones before earlier ones.
    ///   - posts: left and right edge of dark posts before everything.
    func frame(_ plates: [Shown], posts: [ClosedRange<Double>] = []) throws -> GreyImage {
        var pixels = [UInt8](repeating: 92, count: width * height)
        for index in pixels.indices {
            let grain: Int = (index * 7919 + (index / 640) * 104_729) % 13
            pixels[index] += UInt8(grain)
        }
        let cutOuts = try Self.cutOuts.get()
        for shown in plates {
            guard let patch = cutOuts[shown.car] else { continue }
            paste(patch, shown, into: &pixels)
        }
        for post in posts {
            let columns = max(0, Int(post.lowerBound))..<min(width, Int(post.upperBound))
            for y in 0..<height { for x in columns { pixels[y * width + x] = 45 } }
        }
        return try GreyImage(width: width, height: height, pixels: pixels)
    }

    private func paste(_ patch: GreyImage, _ shown: Shown, into pixels: inout [UInt8]) {
        let scale = Double(patch.width) / (1 + 2 * Self.surroundings) / shown.width
        let left = shown.x - Self.surroundings * shown.width
        let top = shown.y - Self.surroundings * shown.width
        let bottom = Int(top + Double(patch.height) / scale)
        let right = Int(left + Double(patch.width) / scale)
        let rows = (max(0, Int(top))..<max(0, Int(top), min(height, bottom)))
        let columns = (max(0, Int(left))..<max(0, Int(left), min(width, right)))
        for y in rows where y < height {
            for x in columns where x < width {
                let fromX: Double = (Double(x) - left) * scale
                let fromY: Double = (Double(y) - top) * scale
                let wholeX = Int(fromX)
                let wholeY = Int(fromY)
                guard wholeX >= 0, wholeY >= 0, wholeX + 1 < patch.width, wholeY + 1 < patch.height else { continue }
                let shareX: Double = fromX - Double(wholeX)
                let shareY: Double = fromY - Double(wholeY)
                func value(_ x: Int, _ y: Int) -> Double { Double(patch.pixels[y * patch.width + x]) }
                let upper: Double = value(wholeX, wholeY) * (1 - shareX) + value(wholeX + 1, wholeY) * shareX
                let lower: Double = value(wholeX, wholeY + 1) * (1 - shareX) + value(wholeX + 1, wholeY + 1) * shareX
                pixels[y * width + x] = UInt8(upper * (1 - shareY) + lower * shareY)
            }
        }
    }
}
