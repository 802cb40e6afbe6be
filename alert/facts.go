package alert

import (
	"fmt"
	"strings"

	"hearth"
)

// Facts are what a notice says, without its words: for those who word it in a
// language of their own. The English sentences stay beside them.
type Facts struct {
	Subject string    `json:"subject,omitempty"` // the name of the monitor or source, the title of the incident
	Alert   *Evidence `json:"alert,omitempty"`   // of an alert, without its posts
	Changes []Fact    `json:"changes,omitempty"` // of an incident
	Reason  string    `json:"reason,omitempty"`  // of a source, as it gave it
}

// Fact is one thing that an entry of a timeline says.
type Fact struct {
	What FactKind `json:"what"`
	From string   `json:"from,omitempty"`
	To   string   `json:"to,omitempty"`
	N    int64    `json:"n,omitempty"`
}

// FactKind is what sort of thing a fact says.
type FactKind string

const (
	FactTitle     FactKind = "title"     // To: the new one
	FactClass     FactKind = "class"     // From, To
	FactStatus    FactKind = "status"    // From, To
	FactOwner     FactKind = "owner"     // N: the user; 0: nobody
	FactThreshold FactKind = "threshold" // N: posts
	FactStatement FactKind = "statement"
	FactReport    FactKind = "report"
	FactRunbook   FactKind = "runbook"
	FactDone      FactKind = "done"     // To: the step
	FactUndone    FactKind = "undone"   // To: the step
	FactGrew      FactKind = "grew"     // To: the class, N: posts
	FactOver      FactKind = "over"     // nothing fired for six hours
	FactPaused    FactKind = "paused"   // scheduled publishing
	FactResumed   FactKind = "resumed"  // likewise
	FactConflict  FactKind = "conflict" // From: which text, To: the text itself, N: the version it was written for
)

// said is the English sentence of a fact.
func (f *Fact) said() string {
	switch f.What {
	case FactTitle:
		return "Title: " + f.To + "."
	case FactClass:
		return fmt.Sprintf("Class: %s, was %s.", f.To, f.From)
	case FactStatus:
		return fmt.Sprintf("Status: %s, was %s.", f.To, f.From)
	case FactOwner:
		return fmt.Sprintf("Owner: user %d.", f.N)
	case FactThreshold:
		return fmt.Sprintf("A crisis from %d posts on.", f.N)
	case FactStatement:
		return "The statement was edited."
	case FactReport:
		return "The after-action report was edited."
	case FactRunbook:
		return "The runbook was edited."
	case FactDone:
		return "Done: " + f.To
	case FactUndone:
		return "Not done after all: " + f.To
	case FactGrew:
		return fmt.Sprintf("The alert grew: %s, %s posts.", f.To, grouped(f.N))
	case FactOver:
		return "Nothing fired for six hours: the alert is over."
	case FactPaused:
		return "All scheduled publishing is held back."
	case FactResumed:
		return "All scheduled publishing goes on."
	case FactConflict:
		return fmt.Sprintf("Another %s, written for version %d:\n%s", f.From, f.N, f.To)
	}
	return ""
}

// sentences are facts as one text.
func sentences(facts []Fact) string {
	said := make([]string, len(facts))
	for i := range facts {
		said[i] = facts[i].said()
	}
	return strings.Join(said, " ")
}

// readFacts reads a column of facts; rows that are older than it hold none.
func readFacts(text string, into any) error {
	if text == "" {
		return nil
	}
	return read(text, into, "facts")
}

// sourceFacts are those of a source that failed or works again.
func sourceFacts(t *Trouble) Facts {
	return Facts{Subject: clean(t.Name), Reason: shorten(hearth.Visible(t.Reason), 500)}
}

// alertFacts are those of an alert.
func alertFacts(one *Alert, name string) Facts {
	e := one.Evidence
	e.Samples = nil
	return Facts{Subject: clean(name), Alert: &e}
}
