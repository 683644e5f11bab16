// One line of gpsd's JSON (gpsd_json(5)) as events. Whatever the line holds, reading it ends, and ends soon.
internal import Foundation
internal import ParkingCore

enum GPSDMessage {
    private static let decoder = JSONDecoder()

    /// What a line says; nothing for messages that are not about position. Fields of another type than gpsd sends
    /// count as not said.
    static func events(_ line: some DataProtocol) -> [Receiver.Event] {
        guard let body = try? decoder.decode(Body.self, from: Data(line)) else { return [.unreadable] }
        return body.events
    }

    private enum Key: String, CodingKey {
        case `class`, mode, time, lat, lon, speed, track, epx, epy, eph
        case satellites, used, uSat, nSat, devices, path, activated, major, minor, orient
    }

    private struct Satellite: Decodable {
        let isUsed: Bool

        init(from decoder: any Decoder) throws {
            isUsed = (try? decoder.container(keyedBy: Key.self).decode(Bool.self, forKey: .used)) ?? false
        }
    }

    private struct Device: Decodable {
        let path: String

        init(from decoder: any Decoder) throws {
            path = (try? decoder.container(keyedBy: Key.self).decode(String.self, forKey: .path)) ?? ""
        }
    }

    private struct Body: Decodable {
        let events: [Receiver.Event]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            func number(_ key: Key) -> Double { (try? container.decode(Double.self, forKey: key)) ?? .nan }
            func time(_ key: Key) -> Date? {
                (try? container.decode(String.self, forKey: key)).flatMap { WireCoding.date($0) }
            }
            events =
                switch try container.decode(String.self, forKey: .class) {
                case "TPV":
                    [
                        .report(
                            ReceiverReport(
                                mode: GPSDMessage.whole(number(.mode)) ?? 0,
                                time: time(.time),
                                latitude: number(.lat),
                                longitude: number(.lon),
                                speedMetresPerSecond: number(.speed),
                                headingDegrees: number(.track),
                                northErrorMetres: number(.epy),
                                eastErrorMetres: number(.epx),
                                errorMetres: number(.eph)
                            )
                        )
                    ]
                case "SKY": GPSDMessage.sky(container)
                case "GST":
                    [
                        .errors(
                            ReceiverErrors(
                                time: time(.time),
                                semiMajorMetres: number(.major),
                                semiMinorMetres: number(.minor),
                                orientationDegrees: number(.orient)
                            )
                        )
                    ]
                case "DEVICES":
                    (try? container.decode([Device].self, forKey: .devices)).map { [.devices($0.map(\.path))] } ?? []
                // gpsd writes the time of activation, and 0 once the receiver has gone.
                case "DEVICE": [.device(isActive: (try? container.decode(String.self, forKey: .activated)) != nil)]
                default: []
                }
        }
    }

    /// Some messages give the dilutions of precision only: nothing is known of the satellites then.
    private static func sky(_ container: KeyedDecodingContainer<Key>) -> [Receiver.Event] {
        if let satellites = try? container.decode([Satellite].self, forKey: .satellites) {
            return [.sky(used: satellites.count { $0.isUsed }, visible: satellites.count)]
        }
        guard let used = try? container.decode(Double.self, forKey: .uSat),
            let visible = try? container.decode(Double.self, forKey: .nSat)
        else { return [] }
        return [.sky(used: whole(used) ?? 0, visible: whole(visible) ?? 0)]
    }

    /// nil for what no `Int` holds.
    private static func whole(_ value: Double) -> Int? { Int(exactly: value.rounded()) }
}

/// Bytes into lines; a line that is too long is passed over.
struct LineBuffer {
    /// All 140 satellites that gpsd can hold take some 20 KB.
    static let longestLine = 65_536

    private var bytes: [UInt8] = []
    private var isTooLong = false

    /// - Returns: whole lines, without their ends; nil stands for one that was too long.
    mutating func take(_ new: some Collection<UInt8>) -> [[UInt8]?] {
        var lines: [[UInt8]?] = []
        var rest = new[...]
        while let end = rest.firstIndex(of: 10) {
            append(rest[..<end])
            lines.append(isTooLong ? nil : bytes)
            bytes = []
            isTooLong = false
            rest = rest[rest.index(after: end)...]
        }
        append(rest)
        return lines
    }

    private mutating func append(_ part: some Collection<UInt8>) {
        isTooLong = isTooLong || bytes.count + part.count > Self.longestLine
        if isTooLong { bytes = [] } else { bytes += part }
    }
}
