// How careful a city wants to be.

package struct JudgementPolicy: Hashable, Sendable, Codable {
    /// Below this calibrated confidence an alert becomes a second look.
    package var ticketConfidence = 0.95
    /// The same for texts of fewer than `usualCharacters`: they may be a longer plate that lost one. Of 1,120 passes of
    /// issued plates that the reader was not trained on, 666 are as sure as these two ask, none of them wrong. Of 990
    /// others, which these were chosen by, 706, none of them wrong; the surest wrong ones had .940 and seven characters,
    /// and .897 and six, and .961 and six with the plate finders before (Training/reader/errors.py).
    package var shortTicketConfidence = 0.96
    /// Most plates of Ontario, Quebec excepted, have so many characters.
    package var usualCharacters = 7
    /// A plate of fewer characters is ticketed only once the officer has confirmed it: what is no plate at all (a sign,
    /// a window) is mostly read as one or two, few plates are so short, and what shows of a plate that is hidden by
    /// half is read as surely as a whole one.
    package var ticketCharacters = 6
    /// A ticket needs this probability that its infraction holds where the car stands.
    package var zoneProbability = 0.99
    /// A violation less probable than this, by the place alone, is none.
    package var lookProbability = 0.1
    /// A right that holds in one of the zones that the car may stand in, and in no other, makes it so much likelier that
    /// it stands there: of a hundred who break another zone's rule fewer than one has paid for this one.
    package var rightWeight = 100.0
    /// Where a car stands, as far as the streets tell.
    package var place = PlacePrior()
    /// An alternate of the reader at least so probable, as a share of the read, clears by its right; less probable ones
    /// ask for a second look. So does a plate that looks like it where the reader doubts the character as much.
    package var alternateShare = 0.05
    /// Rights, limits and rules are never held to fewer seconds than this: clocks of meters, telephones and vehicles
    /// differ.
    package var leastGraceSeconds = Double(ParkingRule.leastGraceMinutes) * 60
    /// Vehicles of one permit seen within this time of each other stand there at once.
    package var sharedPermitSureSeconds = 120.0
    /// Nobody leaves a place, and another takes it, between two reads as near in time as this.
    package var samePassSeconds = 20.0
    /// The other one was read at least so surely: who confirms the plate in front of him has not looked at it.
    package var otherConfidence = 0.99
    /// Within this time they may; beyond it an earlier sighting says nothing.
    package var sharedPermitSeconds = 1800.0
    /// Age in seconds beyond which sessions are too old to ticket by: they change by the minute.
    package var sessionsStaleSeconds = 300.0
    /// The same where they are asked for once more just before a ticket: a payment that the server has must not be
    /// missed because the link was down. Clocks may differ by as much.
    package var finalSessionsStaleSeconds = 5.0
    /// The same for the other lists, which change by the day.
    package var listsStaleSeconds = 86_400.0
    /// The same violation of the same plate within this time is not raised again.
    package var repeatSeconds = 3600.0

    package static let standard = JudgementPolicy()

    package init() {}

    /// Where the server did not answer the question just before a ticket: however new the lists are, what came since
    /// is not known. Below any age: lists that a clock ahead of this one dated are 0 seconds old.
    package var withoutAnswer: JudgementPolicy {
        var policy = self
        policy.finalSessionsStaleSeconds = -1
        return policy
    }

    /// - Parameter isFinal: for the question just before a ticket.
    func staleSeconds(of feed: Feed, isFinal: Bool) -> Double {
        feed != .sessions ? listsStaleSeconds : isFinal ? finalSessionsStaleSeconds : sessionsStaleSeconds
    }
}
