// Every word that the console itself shows, in English and French. What the daemon says comes in the daemon's words.
package import ParkingCore

extension Language {
    var other: Language { self == .en ? .fr : .en }
}

package enum Phrase: CaseIterable, Sendable {
    case errorNoAnswer, errorForbidden, errorPathTooLong, errorClosed, errorTimedOut, errorGarbled, errorOther
    case ticketIssued, decisionKept, decisionFailed, waitsNoLonger, nothingWaits, notSent, lookFirst, sending
    case bellOn, bellOff, plateRefused
    case rejectTitle, rejectPermit, rejectPlate, rejectLoading, rejectDiscretion, rejectOther, reasonTitle
    case plateTitle, plateHint, enterEscape, escapeHint
    case quitTitle, quitQuestion, helpTitle, helpLines, tooSmall, connecting, tryingAgain, lostFor
    case phaseStarting, phaseRunning, phaseFinished, phaseFailed, officer, unsent, lists, never, dropped
    case reads, alerts, noReads, noAlerts, answerClear, answerAlert, answerLook
    case kindNoSession, kindNoPermit, kindOvertime, kindBanned, kindSharedPermit, kindScofflaw, kindWatchlist
    case kindSecondLook, kindNoSessionShort, kindNoPermitShort, kindOvertimeShort, kindBannedShort
    case kindSharedPermitShort, kindScofflawShort, kindWatchlistShort, kindSecondLookShort
    case moreReasons, orElse, acceptTicket, acceptNoTicket, acceptSecondLook, place, colour
    case ticket, noTicket, printQueued, printPrinting, printPrinted, printHeld, printUnclear, printCancelled, copy
    case printRefused, cameOutTitle, cameOutQuestion, cancelPrintTitle, cancelPrintQuestion
    case voidTitle, voidPlate, voidInfraction, voidPermit, voidTwice, alreadyVoid, void
    case signInTitle, badge, pin, signInIncomplete, signedIn, noSignIn
    case shiftTitle, shiftOver, shiftKeys, shiftOverKeys, shiftEndTitle, shiftEndQuestion
    case reprintTitle, reprintTorn, reprintLost, reprintAsked
    case dueLine, dueMore, dueTitle, dueNone, dueLeft, dueOver, dueSeen, dueLimit
    case firstPass, firstPassKey, photosTitle, photosFirst, photosNow, photoMissing, photoLoading, otherText
    case feedPermits, feedSessions, feedExemptions, feedScofflaws, feedWatchlist
    case keyAccept, keyReject, keyPlate, keyChoose, keyShift, keyLanguage, keyHelp, keyQuit

    /// The phrase with `{}` replaced by the values, in their order.
    package func text(_ language: Language, _ values: String...) -> String {
        let template = both[language]
        guard !values.isEmpty else { return template }
        let pieces = template.split(separator: "{}", omittingEmptySubsequences: false)
        var text = String(pieces[0])
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += (index < values.count ? values[index] : "") + piece
        }
        return text
    }

    /// Number of values that the phrase takes, the same in both languages.
    package static func holes(_ template: String) -> Int {
        template.split(separator: "{}", omittingEmptySubsequences: false).count - 1
    }

    package var both: LocalizedText {
        let pair = messages ?? questions ?? labels
        return LocalizedText(en: pair.0, fr: pair.1)
    }

    private var messages: (String, String)? {
        switch self {
        case .errorNoAnswer:
            ("no answer from {}; is patrold running?", "aucune réponse de {}; patrold est-il en marche?")
        case .errorForbidden:
            (
                "{} may not be opened by this user; run patrol as the user that runs patrold",
                "{} n'est pas permis à cet usager; lancez patrol comme l'usager de patrold"
            )
        case .errorPathTooLong:
            (
                "the socket's path has {} bytes; give one of 1 to 107 bytes",
                "le chemin de la prise a {} octets; il en faut de 1 à 107"
            )
        case .errorClosed: ("patrold closed the connection", "patrold a fermé la connexion")
        case .errorTimedOut: ("patrold does not answer in time", "patrold ne répond pas à temps")
        case .errorGarbled:
            (
                "the answer is not patrold's; is another program on that socket? ({})",
                "la réponse n'est pas de patrold; un autre programme sur cette prise? ({})"
            )
        case .errorOther: ("the connection to patrold failed ({})", "la connexion à patrold a échoué ({})")
        case .ticketIssued: ("Ticket {} issued to {}.", "Avis {} émis à {}.")
        case .decisionKept: ("{}: decision recorded, no ticket.", "{} : décision notée, sans avis.")
        case .decisionFailed: ("{}: not decided: {}", "{} : pas décidé : {}")
        case .waitsNoLonger: ("{} waits no longer.", "{} n'attend plus.")
        case .nothingWaits: ("No alert waits.", "Aucune alerte n'attend.")
        case .notSent:
            ("No connection: nothing was sent. Decide again.", "Pas de connexion : rien d'envoyé. Décidez à nouveau.")
        case .lookFirst: ("{} has just moved here: look, then decide.", "{} vient d'arriver ici : regardez d'abord.")
        case .printRefused: ("Ticket {}: {}", "Avis {} : {}")
        case .signInIncomplete: ("type your badge and your PIN", "tapez votre insigne et votre NIP")
        case .signedIn: ("Officer {} is on duty.", "Agent {} en service.")
        case .noSignIn:
            (
                "Nobody signs in on this vehicle: patrol.officers is not set.",
                "Personne ne s'identifie ici : patrol.officers n'est pas fixé."
            )
        case .alreadyVoid: ("Ticket {} is void already.", "L'avis {} est déjà annulé.")
        case .sending: ("sending...", "envoi...")
        case .bellOn: ("Bell on.", "Son activé.")
        case .bellOff: ("Bell off.", "Son coupé.")
        case .plateRefused:
            ("1 to 10 letters A-Z and digits are needed", "de 1 à 10 lettres A-Z et chiffres sont requis")
        default: nil
        }
    }

    private var questions: (String, String)? {
        switch self {
        case .rejectTitle: ("Reject {}: why?", "Refuser {} : pourquoi?")
        case .rejectPermit: ("permit displayed", "permis affiché")
        case .rejectPlate: ("wrong plate", "mauvaise plaque")
        case .rejectLoading: ("loading", "livraison")
        case .rejectDiscretion: ("officer's discretion", "jugement de l'agent")
        case .rejectOther: ("other: type it", "autre : à écrire")
        case .reasonTitle: ("Reject {}: reason", "Refuser {} : raison")
        case .cameOutTitle: ("Did ticket {} come out?", "L'avis {} est-il sorti?")
        case .cameOutQuestion:
            (
                "y  yes, it is out\nn  no: print it again, marked COPY",
                "o  oui, il est sorti\nn  non : réimprimer, marqué COPIE"
            )
        case .cancelPrintTitle: ("Give up printing {}?", "Abandonner l'impression de {}?")
        case .cancelPrintQuestion: ("The ticket itself stands.  y / n", "L'avis lui-même demeure.  o / n")
        case .voidTitle: ("Make ticket {} to {} void: why?", "Annuler l'avis {} à {} : pourquoi?")
        case .voidPlate: ("wrong plate", "mauvaise plaque")
        case .voidInfraction: ("wrong infraction", "mauvaise infraction")
        case .voidPermit: ("permit or payment shown", "permis ou paiement montré")
        case .voidTwice: ("issued twice", "émis deux fois")
        case .signInTitle: ("Sign in", "Identification")
        case .shiftTitle: ("Shift of officer {}", "Quart de l'agent {}")
        case .shiftOver: ("Shift of officer {} has ended", "Quart de l'agent {} terminé")
        case .shiftKeys: ("x ends the shift  any other key closes", "x termine le quart  autre touche ferme")
        case .shiftOverKeys: ("any key closes", "toute touche ferme")
        case .shiftEndTitle: ("End the shift?", "Terminer le quart?")
        case .shiftEndQuestion:
            (
                "Nothing can be decided until someone signs in.  y / n",
                "Plus aucune décision sans identification.  o / n"
            )
        case .reprintTitle: ("Print {} again, marked COPY: why?", "Réimprimer {}, marqué COPIE : pourquoi?")
        case .reprintTorn: ("torn or unreadable", "déchiré ou illisible")
        case .reprintLost: ("lost", "perdu")
        case .reprintAsked: ("a second one is asked for", "un second est demandé")
        case .plateTitle: ("Confirm the plate", "Confirmer la plaque")
        case .plateHint: ("Type the plate that you see on the car:", "Tapez la plaque que vous voyez sur l'auto :")
        case .enterEscape: ("Enter sends  Esc cancels", "Entrée envoie  Éch annule")
        case .escapeHint: ("Esc cancels", "Éch annule")
        case .quitTitle: ("Quit", "Quitter")
        case .quitQuestion: ("Leave the console? patrold goes on.  y / n", "Quitter? patrold continue.  o / n")
        case .helpTitle: ("Keys", "Touches")
        case .helpLines:
            (
                """
                j k or arrows  choose an alert
                a              accept it: issue the ticket or note it
                r              reject it, with a reason (1 to 5)
                v              view all of the alert
                f              its photos, beside those of the first pass
                d              cars that are overtime soon
                e or Enter     type the plate as you see it, then accept
                p              last ticket: print again, give up, answer
                x              last ticket: make it void, with a reason
                s              sign in; the shift's report, and its end
                b, l           bell on or off; English or French
                q              quit; patrold goes on without the console

                A second look always needs the plate typed.
                Every decision is kept before it is shown here.
                """,
                """
                j k ou flèches  choisir une alerte
                a               accepter : émettre l'avis ou prendre note
                r               refuser, avec une raison (1 à 5)
                v               voir toute l'alerte
                f               ses photos, près de celles du premier passage
                d               autos bientôt en infraction
                e ou Entrée     taper la plaque telle que vue, puis accepter
                p               dernier avis : réimprimer, abandonner, répondre
                x               dernier avis : l'annuler, avec une raison
                s               identification; rapport du quart, et sa fin
                b, l            son activé ou coupé; anglais ou français
                q               quitter; patrold continue sans la console

                Une vérification exige toujours la plaque tapée.
                Toute décision est conservée avant de paraître ici.
                """
            )
        case .tooSmall:
            ("Terminal too small: {} x {}; needs {} x {}", "Terminal trop petit : {} x {}; il faut {} x {}")
        case .connecting: ("Connecting to {} ...", "Connexion à {} ...")
        case .tryingAgain: ("Trying again all the time.", "Nouveaux essais sans arrêt.")
        case .lostFor: ("NO CONNECTION for {}: {}", "HORS LIGNE depuis {} : {}")
        default: nil
        }
    }

    private var labels: (String, String) {
        switch self {
        case .phaseStarting: ("starting", "démarrage")
        case .phaseRunning: ("running", "en marche")
        case .phaseFinished: ("finished", "terminé")
        case .phaseFailed: ("FAILED", "ÉCHEC")
        case .officer: ("officer {}", "agent {}")
        case .unsent: ("unsent {}", "à envoyer {}")
        case .dropped: ("frames lost {}", "images perdues {}")
        case .lists: ("Lists", "Listes")
        case .never: ("never", "jamais")
        case .reads: ("Reads {}", "Lectures {}")
        case .alerts: ("Alerts waiting {}", "Alertes en attente {}")
        case .noReads: ("No plate has been read yet.", "Aucune plaque lue encore.")
        case .noAlerts: ("No alert waits for a decision.", "Aucune alerte n'attend de décision.")
        case .answerClear: ("clear", "libre")
        case .answerAlert: ("ALERT", "ALERTE")
        case .answerLook: ("look", "voir")
        case .kindNoSession: ("NO VALID SESSION", "AUCUNE SESSION VALIDE")
        case .kindNoPermit: ("NO VALID PERMIT", "AUCUN PERMIS VALIDE")
        case .kindOvertime: ("OVER THE TIME LIMIT", "DURÉE DÉPASSÉE")
        case .kindBanned: ("NOT ALLOWED HERE NOW", "INTERDIT ICI EN CE MOMENT")
        case .kindSharedPermit: ("PERMIT ALREADY IN USE", "PERMIS DÉJÀ UTILISÉ")
        case .kindScofflaw: ("SCOFFLAW", "RÉCIDIVISTE")
        case .kindWatchlist: ("WATCHLIST", "SURVEILLANCE")
        case .kindSecondLook: ("SECOND LOOK", "À VÉRIFIER")
        case .kindNoSessionShort: ("session", "session")
        case .kindNoPermitShort: ("permit", "permis")
        case .kindOvertimeShort: ("overtime", "durée")
        case .kindBannedShort: ("banned", "interdit")
        case .kindSharedPermitShort: ("shared", "partagé")
        case .kindScofflawShort: ("scofflaw", "récidiv.")
        case .kindWatchlistShort: ("watch", "surveil.")
        case .kindSecondLookShort: ("look", "voir")
        case .moreReasons: ("+{} more: v shows all", "+{} de plus : v montre tout")
        case .orElse: ("or", "ou")
        case .acceptTicket: ("a: ticket {}, {}", "a : avis {}, {}")
        case .acceptNoTicket: ("a: seen and noted; no ticket", "a : vu et noté; sans avis")
        case .acceptSecondLook: ("a: type the plate first", "a : taper d'abord la plaque")
        case .place: ("At {}", "Lieu : {}")
        case .colour: ("{}?", "{} ?")
        case .ticket: ("Ticket", "Avis")
        case .noTicket: ("No ticket yet.", "Aucun avis encore.")
        case .printQueued: ("queued", "en file")
        case .printPrinting: ("printing", "impression")
        case .printPrinted: ("printed", "imprimé")
        case .printHeld: ("HELD", "RETENU")
        case .printUnclear: ("DID IT COME OUT? p answers", "EST-IL SORTI? p répond")
        case .printCancelled: ("not printed", "pas imprimé")
        case .badge: ("Badge", "Insigne")
        case .pin: ("PIN", "NIP")
        case .void: ("VOID", "ANNULÉ")
        case .copy: ("copy {}", "copie {}")
        case .dueLine: ("Overtime soon:", "Bientôt en infraction :")
        case .dueMore: ("+{} (d)", "+{} (d)")
        case .dueTitle: ("Overtime soon {}", "Bientôt en infraction {}")
        case .dueNone: ("No car is overtime soon.", "Aucune auto bientôt en infraction.")
        case .dueLeft: ("in {}", "dans {}")
        case .dueOver: ("since {}", "depuis {}")
        case .dueSeen: ("seen {}, {} ago", "vue {}, il y a {}")
        case .dueLimit: ("limit {} min", "limite {} min")
        case .firstPass: ("Since {}: {} of {} min ({})", "Depuis {} : {} sur {} min ({})")
        case .firstPassKey: ("f: photos", "f : photos")
        case .photosTitle: ("{}  photos", "{}  photos")
        case .photosFirst: ("first pass {}", "premier passage {}")
        case .photosNow: ("now {}", "maintenant {}")
        case .photoMissing: ("no photo", "aucune photo")
        case .photoLoading: ("photo is being fetched", "photo en chargement")
        case .otherText: ("read as {}", "lue {}")
        case .feedPermits: ("permits", "permis")
        case .feedSessions: ("sessions", "sessions")
        case .feedExemptions: ("exempt.", "exempt.")
        case .feedScofflaws: ("scofflaws", "récidiv.")
        case .feedWatchlist: ("watch", "surveil.")
        case .keyAccept: ("accept", "accepter")
        case .keyReject: ("reject", "refuser")
        case .keyPlate: ("plate", "plaque")
        case .keyChoose: ("choose", "choix")
        case .keyShift: ("shift", "quart")
        case .keyLanguage: ("français", "English")
        case .keyHelp: ("help", "aide")
        case .keyQuit: ("quit", "fin")
        default: ("", "")
        }
    }
}
