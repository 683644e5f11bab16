// Makes the evidence of each fact within the store's transaction: what is signed, with what was known at that moment.
package import Evidence
internal import Foundation
package import ParkingCore
package import PatrolStore
package import Positioning
package import SyncProtocol

package struct EvidenceSealer: FactSealer {
    private let chain: EvidenceChain
    private let context: EvidenceContext
    private let city: City
    private let clock: EvidenceClock

    /// - Parameter city: whose zones and by-laws the reasons name.
    package init(chain: EvidenceChain, context: EvidenceContext, city: City, clock: EvidenceClock) {
        self.chain = chain
        self.context = context
        self.city = city
        self.clock = clock
    }

    package func seal(_ facts: [FactToSeal], after known: BundleReference?) throws -> SealedFacts {
        let stamp = clock.stamp()
        let entries = try facts.map { fact in
            EvidenceChain.Entry(
                fact: fact.id,
                kind: fact.body.kind.rawValue,
                time: fact.recordedAt,
                clock: stamp,
                record: try EvidenceRecord.json(
                    fact: Array(fact.json.utf8),
                    body: fact.body,
                    firstPass: fact.firstPass,
                    changes: fact.changes,
                    words: words(fact.body),
                    context: context
                )
            )
        }
        let appended = try chain.append(entries, after: known.map { ChainPoint($0) })
        return SealedFacts(
            withdrawn: appended.withdrawn.map { BundleReference($0) },
            bundles: appended.points.map { BundleReference($0) }
        )
    }

    private func words(_ body: FactBody) -> [Language: [String]] {
        guard case .read(let read) = body else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: Language.allCases.map {
                ($0, read.judgement.explanation(language: $0, city: city))
            }
        )
    }
}

extension ChainPoint {
    package init(_ bundle: BundleReference) { self.init(sequence: bundle.sequence, sha256: bundle.sha256) }
}

extension BundleReference {
    fileprivate init(_ point: ChainPoint) { self.init(sequence: point.sequence, sha256: point.sha256) }
}

/// Which clock a bundle's time comes from.
package struct EvidenceClock: Sendable {
    private let health: (@Sendable () -> ClockHealth)?
    private let run = UUIDv7(at: Date())

    /// The machine's clock, watched.
    package static func live(_ watch: ClockWatch) -> EvidenceClock { EvidenceClock { watch.health() } }

    /// A recording's own time.
    package static func recording() -> EvidenceClock { EvidenceClock(health: nil) }

    private init(health: (@Sendable () -> ClockHealth)?) { self.health = health }

    func stamp() -> ClockStamp {
        guard let health = health?() else {
            return ClockStamp(source: "recording", isTrusted: true, offsetSeconds: nil, uptimeSeconds: nil, run: run)
        }
        return ClockStamp(
            source: health.source.rawValue,
            isTrusted: health.isTrusted,
            offsetSeconds: health.offsetSeconds.map { ($0 * 1e6).rounded() / 1e6 },
            uptimeSeconds: ChalkMoment.now()?.seconds,
            run: run
        )
    }
}
