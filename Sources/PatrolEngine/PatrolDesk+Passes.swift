// The way of a pass through the desk: judged one after another, kept many at once, told once they are kept.
//
// Keeping waits for the disk: two photos and a transaction are half a dozen flushes. While those of some passes wait,
// the next ones are judged; all that were judged meanwhile share the next transaction.
internal import Dispatch
internal import Evidence
internal import Foundation
internal import ParkingCore
internal import PatrolAPI
internal import PatrolStore
internal import Positioning
package import SyncProtocol

/// A pass with its answer. Nothing of it is on the disk yet, and nobody was told.
package struct JudgedPass: Sendable {
    /// With the names of the photos.
    package let fact: ReadFact
    let photos: [EvidencePhoto]
    /// nil: no time limit stands there, or the car was marked a moment ago.
    let chalk: ChalkRecord?
}

/// What became of a judged pass.
package enum KeptPass: Sendable {
    case kept(ReadFact)
    /// Nothing of it was kept, nor of the passes after it: the disk may take them later.
    case refused(any Error)
}

extension PatrolDesk {
    /// Matches, judges and keeps one pass; tells the console once it is kept, and accepts its alert where all are.
    /// - Throws: what the store or the evidence folder say (a full disk, say); then no fact of the pass was kept.
    @discardableResult
    package func handle(_ pass: PlatePass) async throws -> ReadFact {
        let judged = try await judged(pass)
        switch await keep([judged])[0] {
        case .kept(let fact):
            if settings.acceptAll, case .alert = fact.judgement {
                _ = try await accept(fact.read.id, AcceptRequest(confirmedPlate: nil))
            }
            return fact
        case .refused(let error):
            forget(judged)
            throw error
        }
    }

    /// Matches and judges. Passes are judged in their order, each before the next; what was judged counts for the next
    /// ones as if it were kept already, so it must be kept, or forgotten.
    /// - Throws: what the store says, and `EvidenceError` for a picture that proves nothing.
    package func judged(_ pass: PlatePass) async throws -> JudgedPass {
        let fix = positions?.fix(at: pass.read.time)
        let feeds = try await store.feedStates()
        let earlier = earlierRead(of: pass, fix: fix)
        let place = place(of: pass, fix: fix)
        // What another camera saw of a car is one pass of it, and one mark.
        let chalk =
            earlier?.sighted == nil
            ? try await self.chalk(pass.read, fix: fix, angle: pass.cameraAngleDegrees, place: place) : nil
        let findings = chalk?.findings ?? []
        let outcome = try await answer(
            pass.read,
            fix: fix,
            feeds: feeds,
            chalk: findings,
            replacing: earlier?.replaced
        )
        let judgement = earlier?.sighted.map(sightedAgain) ?? outcome.judgement
        let isEvidence = judgement.answer != .clear || earlier?.sighted.map { $0.judgement.answer != .clear } == true
        var photos: [EvidencePhoto] = []
        if isEvidence || chalk?.isFirstPass == true { photos = try await self.photos(of: pass, fix: fix) }
        let references = photos.map { photo in
            PhotoReference(
                sha256: EvidenceFolder.sha256(photo.jpeg),
                role: photo.role == .closeUp ? .closeUp : .context,
                bytes: photo.jpeg.count
            )
        }
        let proofs = findings.filter { judgement.isAbout($0) }
        let fact = ReadFact(
            read: pass.read,
            fix: fix,
            zone: outcome.zone,
            judgement: judgement,
            feeds: feeds,
            photos: isEvidence ? references + proofs.flatMap(\.references) : [],
            sameCar: earlier.map { SameCar(read: $0.read, isReplaced: $0.replaced != nil) },
            place: place,
            chalk: proofs.isEmpty ? nil : proofs
        )
        let record = chalk.flatMap { chalkRecord($0, photos: references, replaces: earlier?.replaced) }
        recent.note(fact)
        pending.append(fact)
        if let record { chalkPending.append(record.mark) }
        return JudgedPass(fact: fact, photos: photos, chalk: record)
    }

    /// Puts judged passes on the disk, in their order, and tells the console of those that are there.
    /// - Returns: one for each pass, in their order; after the first that was refused all are.
    package func keep(_ passes: [JudgedPass]) async -> [KeptPass] {
        var (kept, refusal) = await keepPhotos(of: passes)
        if !kept.isEmpty {
            do {
                try await store.record(reads: kept.map(\.fact), chalk: kept.compactMap(\.chalk), at: clock.now())
            } catch  where kept.count > 1 {
                (kept, refusal) = await recordEach(kept)
            } catch {
                (kept, refusal) = ([], error)
            }
        }
        var results: [KeptPass] = []
        for pass in kept {
            await tell(pass.fact)
            results.append(.kept(pass.fact))
        }
        if let refusal { results += passes.dropFirst(kept.count).map { _ in .refused(refusal) } }
        return results
    }

    /// A pass that will not be kept: it counts no longer.
    package func forget(_ pass: JudgedPass) {
        pending.removeAll { $0.read.id == pass.fact.read.id }
        chalkPending.removeAll { $0.read == pass.fact.read.id }
        recent.forget(pass.fact.read.id)
    }

    /// One pass of a batch cannot be recorded: those before it can.
    private func recordEach(_ passes: [JudgedPass]) async -> ([JudgedPass], (any Error)?) {
        for (index, pass) in passes.enumerated() {
            do {
                try await store.record(reads: [pass.fact], chalk: pass.chalk.map { [$0] } ?? [], at: clock.now())
            } catch {
                return (Array(passes[..<index]), error)
            }
        }
        return (passes, nil)
    }

    private func tell(_ fact: ReadFact) async {
        pending.removeAll { $0.read.id == fact.read.id }
        chalkPending.removeAll { $0.read == fact.read.id }
        factRecorded()
        if let earlier = fact.sameCar {
            if earlier.isReplaced { await hub.publish(.decided(earlier.read)) }
        } else {
            gauges.reads += 1
        }
        await hub.publish(.read(ReadSummary(fact, city: settings.city)))
        if let alert = AlertSummary(fact, city: settings.city) { await hub.publish(.alert(alert)) }
    }

    // MARK: Photos

    private func photos(of pass: PlatePass, fix: Fix?) async throws -> [EvidencePhoto] {
        let stamp = PhotoStamp(
            time: pass.read.time,
            timeZone: settings.city.timeZone,
            fix: fix,
            vehicle: settings.vehicle,
            camera: pass.read.camera,
            cameraAngleDegrees: pass.cameraAngleDegrees,
            read: pass.read.id
        )
        return try await onDiskThread {
            try EvidencePhotos(frame: pass.photo, plate: pass.read.reading.box, stamp: stamp).all
        }
    }

    /// Writes all photos of all passes at once: each waits for the disk, none for another.
    /// - Returns: the passes before the first whose photos could not be written, and why that could not.
    private func keepPhotos(of passes: [JudgedPass]) async -> ([JudgedPass], (any Error)?) {
        let evidence = evidence
        let failures = await withTaskGroup(of: (Int, any Error)?.self) { group in
            for (index, pass) in passes.enumerated() {
                for photo in pass.photos {
                    group.addTask {
                        do {
                            _ = try await onDiskThread { try evidence.store(photo) }
                            return nil
                        } catch {
                            return (index, error)
                        }
                    }
                }
            }
            var found: [(Int, any Error)] = []
            for await failure in group { if let failure { found.append(failure) } }
            return found
        }
        guard let first = failures.min(by: { $0.0 < $1.0 }) else { return (passes, nil) }
        return (Array(passes[..<first.0]), first.1)
    }
}

/// Disk and pixels: work that blocks, off the threads that Swift's tasks share.
private let diskThreads = DispatchQueue(label: "desk", attributes: .concurrent)

private func onDiskThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        diskThreads.async { continuation.resume(with: Result { try work() }) }
    }
}
