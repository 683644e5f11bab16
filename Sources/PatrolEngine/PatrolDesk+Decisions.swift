// What the officer decides, and what follows: a decision, a ticket, a print, each kept before anyone is told.
internal import Foundation
package import ParkingCore
package import PatrolAPI
internal import PatrolStore
internal import SyncProtocol
internal import TicketPrinting

extension PatrolDesk {
    /// Accepts an alert: a ticket follows where an infraction stands behind it.
    ///
    /// The lists are asked again just before: a right that arrived meanwhile withdraws the alert.
    ///
    /// A second look can be accepted once the officer has confirmed the plate by typing it: the read is judged again
    /// with the confirmed plate as certain, and what doubts the place or the lists still stands in the way.
    /// - Throws: `EngineError` (`unknownRead`, `notTicketable`, `request`), or what the store says.
    package func accept(_ id: UUIDv7, _ request: AcceptRequest) async throws -> DecisionAnswer {
        let fact = try await waiting(id)
        let confirmed = try request.confirmedPlate.map(parsed)
        let word = await askServer()
        let last = try await lastWord(fact, confirmed, word)
        let (plate, found) = try await confirmedJudgement(fact, confirmed, word)
        let judgement = found == fact.judgement ? last : found
        let infraction = judgement.ticketableInfraction(in: settings.city, at: fact.read.time)
        guard let infraction, let zone = fact.zone else {
            try await decide(id, .accepted, reason: nil)
            return DecisionAnswer(ticket: nil)
        }
        let decision = DecisionFact(read: id, verdict: .accepted, reason: nil, officer: try officer())
        guard isClockTrusted() else {
            throw EngineError(
                .notTicketable,
                "no ticket can be issued: nothing vouches for the clock; a position fix or a time server does"
            )
        }
        if let problem = request.details?.problem { throw EngineError(.request, problem) }
        let ticket = try await issue(
            fact,
            plate: plate,
            zone: zone,
            infraction: infraction,
            decision: decision,
            details: request.details
        )
        factRecorded()
        await hub.publish(.decided(id))
        let print = try await printer.take(ticket.id)
        let summary = TicketSummary(ticket, print)
        // What the queue changed it has told.
        if print.state == .queued { await hub.publish(.ticket(summary)) }
        return DecisionAnswer(ticket: summary)
    }

    /// - Throws: `EngineError`, or what the store says.
    package func reject(_ id: UUIDv7, _ request: RejectRequest) async throws -> DecisionAnswer {
        let reason = try PatrolDesk.reason(request.reason)
        _ = try await waiting(id)
        try await decide(id, .rejected, reason: reason)
        return DecisionAnswer(ticket: nil)
    }

    /// Keeps a decision that no ticket follows, and tells of it.
    private func decide(_ id: UUIDv7, _ verdict: OfficerVerdict, reason: String?) async throws {
        let decision = DecisionFact(read: id, verdict: verdict, reason: reason, officer: try officer())
        _ = try await store.record(decision: decision, at: clock.now())
        factRecorded()
        await hub.publish(.decided(id))
    }

    /// What an alert is by the lists as they are now.
    /// - Throws: `EngineError` (`notTicketable`): where what was raised no longer holds the alert is withdrawn; where it
    ///   is in doubt now, by a right for a plate like it or a server that gave no word since the read, it goes on waiting.
    private func lastWord(_ fact: ReadFact, _ confirmed: Plate?, _ word: LastWord?) async throws -> Judgement {
        guard case .alert(let raised) = fact.judgement, confirmed == nil || confirmed == fact.read.reading.plate else {
            return fact.judgement
        }
        let findings = try await chalk(fact.read, fix: fact.fix, angle: nil, place: fact.place)?.findings ?? []
        let last = try await answer(
            fact.read,
            fix: fact.fix,
            feeds: try await store.feedStates(),
            chalk: findings,
            replacing: fact.read.id,
            lastWord: word,
            reach: .last
        ).judgement
        if case .secondLook(let reasons, let alerts) = last {
            let left = confirmed == nil ? reasons : PatrolDesk.unsettled(reasons, findings)
            guard !left.isEmpty else { return .alert(alerts) }
            throw EngineError(
                .notTicketable,
                "no ticket can be issued as it is; a plate that was taken for another is confirmed by typing it. "
                    + sentences(.secondLook(left, alerts: []))
            )
        }
        // The gravest is ticketed; one that was never raised nobody has looked at.
        let infraction = last.alerts.lazy.compactMap(\.infraction).first
        let isAsRaised = infraction.map { raised.compactMap(\.infraction).contains($0) } ?? !last.isClear
        guard !isAsRaised else { return last }
        let words = sentences(last)
        try await decide(fact.read.id, .rejected, reason: String("withdrawn: \(words)".prefix(200)))
        throw EngineError(.notTicketable, "the alert is withdrawn: what was raised no longer holds. \(words)")
    }

    /// What remains in doubt once the officer has typed the plate: how sure the camera was, and that a plate like it
    /// has a right, is settled. So is whether it is the same car and was moved, where the officer has both passes to look
    /// at.
    private static func unsettled(_ reasons: [SecondLookReason], _ findings: [ChalkFinding]) -> [SecondLookReason] {
        let showsBothPasses = findings.contains { !$0.photos.isEmpty }
        return reasons.filter { reason in
            switch reason {
            case .nearMatch, .unsureRead, .unusualPlate, .mayBeCut: false
            case .mayHaveMoved, .stoodElsewhere: !showsBothPasses
            default: true
            }
        }
    }

    /// nil without a server: what the vehicle has is all there is.
    private func askServer() async -> LastWord? {
        guard let refreshLists else { return nil }
        let hasAnswer = await refreshLists()
        return LastWord(time: clock.now(), hasAnswer: hasAnswer)
    }

    private func waiting(_ id: UUIDv7) async throws -> ReadFact {
        guard let fact = try await store.readFact(id), fact.judgement.answer != .clear,
            try await store.decision(on: id) == nil
        else {
            throw EngineError(
                .unknownRead,
                "no alert with id \(id) waits for a decision; it may have been decided already"
            )
        }
        return fact
    }

    private func parsed(_ text: String) throws -> Plate {
        do {
            return try Plate(text)
        } catch {
            throw EngineError(.request, error.description)
        }
    }

    /// The plate that a ticket would name, and the judgement it would rest on.
    private func confirmedJudgement(
        _ fact: ReadFact,
        _ confirmed: Plate?,
        _ word: LastWord?
    ) async throws -> (Plate, Judgement) {
        let reading = fact.read.reading
        guard let confirmed else {
            if case .secondLook = fact.judgement {
                throw EngineError(
                    .notTicketable,
                    "this is a second look: confirm the plate by typing it, then accept. "
                        + fact.judgement.explanation(language: .en, city: settings.city).joined(separator: " ")
                )
            }
            return (reading.plate, fact.judgement)
        }
        if case .alert = fact.judgement, confirmed == reading.plate { return (confirmed, fact.judgement) }
        let certain = PlateRead(
            id: fact.read.id,
            camera: fact.read.camera,
            time: fact.read.time,
            frames: fact.read.frames,
            reading: PlateReading(
                plate: confirmed,
                confidence: 1,
                characters: confirmed.text.map { CharacterReading(character: String($0), probability: 1) },
                alternates: [],
                box: reading.box,
                corners: reading.corners
            ),
            colour: fact.read.colour
        )
        let chalk = try await chalk(certain, fix: fact.fix, angle: nil, place: fact.place)
        let findings = chalk?.findings ?? []
        let judgement = try await answer(
            certain,
            fix: fact.fix,
            feeds: try await store.feedStates(),
            chalk: findings,
            lastWord: word,
            reach: .last
        ).judgement
        switch judgement {
        case .alert: return (confirmed, judgement)
        case .clear:
            throw EngineError(.notTicketable, "\(confirmed) is clear. \(sentences(judgement)) Reject the alert.")
        case .secondLook(let reasons, let alerts):
            let left = PatrolDesk.unsettled(reasons, findings)
            if left.isEmpty { return (confirmed, .alert(alerts)) }
            throw EngineError(.notTicketable, "no ticket can be issued: \(sentences(.secondLook(left, alerts: [])))")
        }
    }

    private func sentences(_ judgement: Judgement) -> String {
        judgement.explanation(language: .en, city: settings.city).joined(separator: " ")
    }

    private func issue(
        _ fact: ReadFact,
        plate: Plate,
        zone: ZoneID,
        infraction: Infraction,
        decision: DecisionFact,
        details: VehicleDetails?
    ) async throws -> Ticket {
        let settings = settings
        let now = clock.now()
        let place = fact.place?.text.en ?? placeName(of: fact, in: settings.city)
        do {
            return try await store.issueTicket(
                for: fact.read.id,
                deciding: decision,
                at: now,
                repeatSeconds: settings.policy.repeatSeconds
            ) { number in
                Ticket(
                    id: UUIDv7(at: now),
                    number: number,
                    read: fact.read.id,
                    issuedAt: now,
                    observedAt: fact.read.time,
                    plate: plate,
                    region: details?.region?.text,
                    vehicle: settings.vehicle,
                    officer: decision.officer,
                    zone: zone,
                    place: place,
                    point: fact.fix?.point,
                    infraction: infraction,
                    photos: fact.photos.map(\.sha256),
                    colour: fact.read.colour?.colour,
                    address: fact.place,
                    vehicleDetails: details
                )
            }
        } catch let error as PatrolStoreError {
            guard case .alreadyIssued = error else { throw error }
            throw EngineError(.notTicketable, "no second ticket can be issued: \(error.description); reject this alert")
        }
    }

    // MARK: What the officer does about a ticket

    /// The ticket counts no longer; what of its print has not come out is given up.
    /// - Throws: `EngineError` (`unknownRead` for an unknown ticket, `request` without a reason, `notTicketable` for
    ///   one that is void already), or what the store says.
    package func void(_ id: UUIDv7, _ request: VoidRequest) async throws -> TicketSummary {
        let reason = try PatrolDesk.reason(request.reason)
        let officer = try officer()
        guard let stored = try await store.ticket(id) else {
            throw EngineError(.unknownRead, "there is no ticket with id \(id)")
        }
        do {
            try await store.void(id, reason: reason, officer: officer, at: clock.now())
        } catch let error as PatrolStoreError {
            guard case .alreadyVoid = error else { throw error }
            throw EngineError(.notTicketable, error.description)
        }
        factRecorded()
        // A print that is through, or that nobody can take back, stays as it is.
        let print = (try? await printer.cancel(id)) ?? stored.print
        let summary = TicketSummary(stored.ticket, print, voided: reason)
        await hub.publish(.ticket(summary))
        return summary
    }

    /// Keeps what the officer writes of the vehicle; what is not given stays, and what a machine filled in stays marked.
    /// - Throws: as `void`.
    package func correct(_ id: UUIDv7, _ request: CorrectRequest) async throws -> VehicleDetails {
        let reason = try PatrolDesk.reason(request.reason)
        let officer = try officer()
        guard let stored = try await store.ticket(id) else {
            throw EngineError(.unknownRead, "there is no ticket with id \(id)")
        }
        func field(_ text: String?) -> VehicleDetails.Field? {
            text.map { .init(text: WrittenText.tidied($0), source: .officer) }
        }
        let given = VehicleDetails(
            region: field(request.region),
            plateExpiry: field(request.plateExpiry),
            make: field(request.make),
            model: field(request.model),
            colour: field(request.colour),
            owner: field(request.owner)
        )
        guard !given.isEmpty else { throw EngineError(.request, "nothing was given to correct") }
        if let problem = given.problem { throw EngineError(.request, problem) }
        let earlier = try await store.correctedDetails(of: id) ?? stored.ticket.details
        let details = earlier.corrected(by: given)
        do {
            try await store.correct(id, details: details, reason: reason, officer: officer, at: clock.now())
        } catch let error as PatrolStoreError {
            guard case .alreadyVoid = error else { throw error }
            throw EngineError(.notTicketable, error.description)
        }
        factRecorded()
        return details
    }

    private static func reason(_ text: String) throws -> String {
        let reason = WrittenText.tidied(text)
        guard WrittenText.isFit(reason, longest: WrittenText.longestReason) else {
            throw EngineError(.request, "a reason of 1 to 200 printable characters is needed")
        }
        return reason
    }

    // MARK: What the officer asks of a print

    /// - Throws: `EngineError` (`unknownRead` for an unknown ticket, `notTicketable` when it cannot be done now).
    package func reprint(_ ticket: UUIDv7, _ request: ReprintRequest) async throws -> TicketSummary {
        try await asked(of: ticket) { stored in
            if let void = stored.voidReason {
                throw EngineError(
                    .notTicketable,
                    "ticket \(stored.ticket.number) is void (\(void)): a copy of it would ask for money that nobody owes"
                )
            }
            return try await self.printer.reprint(ticket, reason: request.reason)
        }
    }

    /// - Throws: as `reprint`.
    package func answer(_ ticket: UUIDv7, _ request: CameOutRequest) async throws -> TicketSummary {
        try await asked(of: ticket) { stored in
            try await self.printer.answer(ticket, cameOut: request.cameOut, printsAgain: stored.voidReason == nil)
        }
    }

    /// - Throws: as `reprint`.
    package func cancelPrint(_ ticket: UUIDv7) async throws -> TicketSummary {
        try await asked(of: ticket) { _ in try await self.printer.cancel(ticket) }
    }

    private func asked(
        of id: UUIDv7,
        _ body: (StoredTicket) async throws -> TicketPrint
    ) async throws -> TicketSummary {
        _ = try officer()
        guard let stored = try await store.ticket(id) else {
            throw EngineError(.unknownRead, "there is no ticket with id \(id)")
        }
        do {
            return TicketSummary(stored.ticket, try await body(stored), voided: stored.voidReason)
        } catch let error as TicketPrintError {
            throw EngineError(.notTicketable, error.message)
        }
    }
}
