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
func (v *visit) alertTitle(class alert.Class, kinds []alert.Kind, subject string) string {
	kind := "drift"
	switch {
	case class == alert.AllHands:
		kind = "crisis"
	case slices.Contains(kinds, alert.Negative):
		kind = "negative"
	case slices.Contains(kinds, alert.Volume):
		kind = "volume"
	}
	return v.say("alert.title."+kind, "name", isolated(60, subject))
}

// why says in a sentence what is out of the ordinary.
func (v *visit) why(e *alert.Evidence) string {
	var said []string
	if slices.Contains(e.Kinds, alert.Volume) {
		facts := []any{"n", e.Count, "times", v.brief(e.Ratio), "usual", v.brief(e.Expected)}
		if e.Minutes == 60 {
			said = append(said, v.say("alert.why.hour", facts...))
		} else {
			said = append(said, v.say("alert.why.quarter", facts...))
		}
	}
	if slices.Contains(e.Kinds, alert.Negative) {
		said = append(said, v.say("alert.why.negative", "part", v.percent(e.Part), "usual", v.percent(e.Usual)))
	}
	if slices.Contains(e.Kinds, alert.Drift) {
		said = append(said, v.say("alert.why.drift"))
	}
	return v.say("alert.why.all", "what", strings.Join(said, v.say("alert.why.and")))
}

// whyMore is why, with the new words and who is loudest.
func (v *visit) whyMore(e *alert.Evidence) string {
	sentence := v.why(e)
	var words []string
	for _, t := range e.Terms {
		words = append(words, isolated(40, t.Text))
	}
	if len(words) > 0 {
		sentence += " " + v.say("alert.why.words", "words", strings.Join(words, ", "))
	}
	if len(e.Authors) > 0 && e.Authors[0].Followers > 0 && e.Authors[0].Handle != "" {
		sentence += " " + v.say("alert.why.loudest", "who", isolated(60, "@"+e.Authors[0].Handle), "n", e.Authors[0].Followers)
	}
	return sentence
}

// brief writes a number as exactly as it matters.
func (v *visit) brief(n float64) string {
	if n >= 10 || n == float64(int64(n)) {
		return v.number(int64(n + 0.5))
	}
	return v.decimal(n, 1)
}

// fact words one thing that a timeline says.
func (v *visit) fact(f *alert.Fact, people map[int64]string) string {
	switch f.What {
	case alert.FactTitle:
		return v.say("fact.title", "to", isolated(300, f.To))
	case alert.FactClass:
		return v.say("fact.class", "from", v.name("class", f.From), "to", v.name("class", f.To))
	case alert.FactStatus:
		return v.say("fact.status", "from", v.name("incident-status", f.From), "to", v.name("incident-status", f.To))
	case alert.FactOwner:
		if f.N == 0 {
			return v.say("fact.nobody")
		}
		return v.say("fact.owner", "name", v.person(f.N, people))
	case alert.FactThreshold:
		return v.say("fact.threshold", "n", f.N)
	case alert.FactStatement:
		return v.say("fact.statement")
	case alert.FactReport:
		return v.say("fact.report")
	case alert.FactRunbook:
		return v.say("fact.runbook")
	case alert.FactDone:
		return v.say("fact.done", "step", isolated(300, f.To))
	case alert.FactUndone:
		return v.say("fact.undone", "step", isolated(300, f.To))
	case alert.FactGrew:
		return v.say("fact.grew", "class", v.name("class", f.To), "n", f.N)
	case alert.FactOver:
		return v.say("fact.over")
	case alert.FactPaused:
		return v.say("fact.paused")
	case alert.FactResumed:
		return v.say("fact.resumed")
	case alert.FactConflict:
		return v.say("fact.conflict", "what", v.name("incident-text", f.From), "version", f.N)
	}
	return ""
}

func (v *visit) facts(list []alert.Fact, people map[int64]string) string {
	var said []string
	for i := range list {
		said = append(said, v.fact(&list[i], people))
	}
	return strings.Join(said, " ")
}

// person is a user by name, where names may be seen.
func (v *visit) person(id int64, people map[int64]string) string {
	if name := people[id]; name != "" {
		return isolated(60, name)
	}
	return v.say("incident.user", "id", strconv.FormatInt(id, 10))
}

// plain is a sentence of ours without the signs that isolate words of others.
func plain(s string) string { return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s) }
