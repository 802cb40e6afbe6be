package web

import (
	"slices"
	"strconv"
	"strings"

	"hearth/alert"
)

// isolated is a text from outside within a sentence of ours: made visible, cut,
// and kept from turning the direction of what stands around it.
func isolated(n int, s string) string { return "\u2068" + shorten(n, s) + "\u2069" }

// alertTitle names an alert in the language of whoever looks.
func (w *words) alertTitle(class alert.Class, kinds []alert.Kind, subject string) string {
	kind := "drift"
	switch {
	case class == alert.AllHands:
		kind = "crisis"
	case slices.Contains(kinds, alert.Negative):
		kind = "negative"
	case slices.Contains(kinds, alert.Volume):
		kind = "volume"
	}
	return w.say("alert.title."+kind, "name", isolated(60, subject))
}

// why says in a sentence what is out of the ordinary.
func (w *words) why(e *alert.Evidence) string {
	var said []string
	if slices.Contains(e.Kinds, alert.Volume) {
		facts := []any{"n", e.Count, "times", w.brief(e.Ratio), "usual", w.brief(e.Expected)}
		if e.Minutes == 60 {
			said = append(said, w.say("alert.why.hour", facts...))
		} else {
			said = append(said, w.say("alert.why.quarter", facts...))
		}
	}
	if slices.Contains(e.Kinds, alert.Negative) {
		said = append(said, w.say("alert.why.negative", "part", w.percent(e.Part), "usual", w.percent(e.Usual)))
	}
	if slices.Contains(e.Kinds, alert.Drift) {
		said = append(said, w.say("alert.why.drift"))
	}
	return w.say("alert.why.all", "what", strings.Join(said, w.say("alert.why.and")))
}

// whyMore is why, with the new words and who is loudest.
func (w *words) whyMore(e *alert.Evidence) string {
	sentence := w.why(e)
	var words []string
	for _, t := range e.Terms {
		words = append(words, isolated(40, t.Text))
	}
	if len(words) > 0 {
		sentence += " " + w.say("alert.why.words", "words", strings.Join(words, ", "))
	}
	if len(e.Authors) > 0 && e.Authors[0].Followers > 0 && e.Authors[0].Handle != "" {
		sentence += " " + w.say("alert.why.loudest", "who", isolated(60, "@"+e.Authors[0].Handle), "n", e.Authors[0].Followers)
	}
	return sentence
}

// brief writes a number as exactly as it matters.
func (w *words) brief(n float64) string {
	if n >= 10 || n == float64(int64(n)) {
		return w.number(int64(n + 0.5))
	}
	return w.decimal(n, 1)
}

// fact words one thing that a timeline says.
func (w *words) fact(f *alert.Fact, people map[int64]string) string {
	switch f.What {
	case alert.FactTitle:
		return w.say("fact.title", "to", isolated(300, f.To))
	case alert.FactClass:
		return w.say("fact.class", "from", w.name("class", f.From), "to", w.name("class", f.To))
	case alert.FactStatus:
		return w.say("fact.status", "from", w.name("incident-status", f.From), "to", w.name("incident-status", f.To))
	case alert.FactOwner:
		if f.N == 0 {
			return w.say("fact.nobody")
		}
		return w.say("fact.owner", "name", w.person(f.N, people))
	case alert.FactThreshold:
		return w.say("fact.threshold", "n", f.N)
	case alert.FactStatement:
		return w.say("fact.statement")
	case alert.FactReport:
		return w.say("fact.report")
	case alert.FactRunbook:
		return w.say("fact.runbook")
	case alert.FactDone:
		return w.say("fact.done", "step", isolated(300, f.To))
	case alert.FactUndone:
		return w.say("fact.undone", "step", isolated(300, f.To))
	case alert.FactGrew:
		return w.say("fact.grew", "class", w.name("class", f.To), "n", f.N)
	case alert.FactOver:
		return w.say("fact.over")
	case alert.FactPaused:
		return w.say("fact.paused")
	case alert.FactResumed:
		return w.say("fact.resumed")
	case alert.FactConflict:
		return w.say("fact.conflict", "what", w.name("incident-text", f.From), "version", f.N)
	}
	return ""
}

func (w *words) facts(list []alert.Fact, people map[int64]string) string {
	var said []string
	for i := range list {
		said = append(said, w.fact(&list[i], people))
	}
	return strings.Join(said, " ")
}

// person is a user by name, where names may be seen.
func (w *words) person(id int64, people map[int64]string) string {
	if name := people[id]; name != "" {
		return isolated(60, name)
	}
	return w.say("incident.user", "id", strconv.FormatInt(id, 10))
}

// plain is a sentence of ours without the signs that isolate words of others.
func plain(s string) string { return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s) }
