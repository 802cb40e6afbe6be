package evaluation

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"hearth"
)

// task is one question that posts are asked.
type task struct {
	name     string
	analyzer string // whose answer is measured
	wants    string // the labels, for a person
	network  string // where the texts stand if nobody says
	positive string // the label that f1_positive speaks of; "" if none
	// label is the task's own name for a set's label; false: not of this task.
	label  func(label, lang string) (string, bool)
	answer func(*hearth.Post) string // "" is no answer
	// score is how far a post leans to the positive side, from −1 to 1, and value
	// what a label is worth on that scale; nil where the analyzer gives none.
	score func(*hearth.Post) (float64, bool)
	value func(label string) float64
}

var tasks = []*task{
	{
		name: "language", analyzer: "language", wants: "a language code such as en, in label or lang",
		label: func(label, lang string) (string, bool) {
			if label == "" {
				label = lang
			}
			known := languageOf(label)
			return known, known != "und" || label == "und"
		},
		answer: func(p *hearth.Post) string { return languageOf(p.Lang) },
	},
	{
		name: "sentiment", analyzer: "sentiment", wants: "negative, neutral and positive", positive: "positive",
		label:  func(label, _ string) (string, bool) { return feeling(label) },
		answer: func(p *hearth.Post) string { return string(p.Sentiment) },
		score:  func(p *hearth.Post) (float64, bool) { return p.SentimentScore.V, p.SentimentScore.Known },
		value: func(label string) float64 {
			return map[string]float64{"negative": -1, "positive": 1}[label]
		},
	},
	intent("complaint", hearth.Complaint, "bug_report"),
	intent("question", hearth.Asking),
	intent("suggestion", hearth.Suggestion, "feature_request"),
	intent("purchase", hearth.Purchase, "purchase_intent"),
	underVideos(yesOrNo("spam", "spam", func(p *hearth.Post) bool { return p.Spam == hearth.True })),
}

// labelIn is a row's label as the set gives it and as the task calls it. Where
// the task asks for yes or no, a set may list all that a post is.
func (t *task) labelIn(raw json.RawMessage, lang string) (given, label string, ok bool) {
	var list []json.RawMessage
	switch err := json.Unmarshal(raw, &list); {
	case err == nil && len(list) == 1:
		raw = list[0]
	case err == nil && t.no() != "" && list != nil:
		for _, one := range list {
			if given := labelOf(one); t.is(given) {
				return given, t.positive, true
			}
		}
		return labelOf(raw), t.no(), true
	}
	given = labelOf(raw)
	label, ok = t.label(given, lang)
	return given, label, ok
}

// no is the second label of a task with two; "" for the others.
func (t *task) no() string {
	if t.score != nil || t.positive == "" {
		return ""
	}
	return "not_" + t.positive
}

// is says that a label is the positive one.
func (t *task) is(given string) bool {
	label, ok := t.label(given, "")
	return ok && label == t.positive
}

func underVideos(t *task) *task {
	t.network = "youtube"
	return t
}

func taskOf(name string) (*task, error) {
	for _, t := range tasks {
		if t.name == name {
			return t, nil
		}
	}
	return nil, hearth.Errorf(hearth.Invalid, "There is no task %q; choose one of %s.", name, strings.Join(Tasks(), ", "))
}

// feeling is a sentiment, also by number or short name.
func feeling(label string) (string, bool) {
	switch label {
	case "negative", "neg", "-1", "-2", "very negative", "very_negative":
		return string(hearth.Negative), true
	case "neutral", "neu", "0":
		return string(hearth.Neutral), true
	case "positive", "pos", "1", "2", "very positive", "very_positive":
		return string(hearth.Positive), true
	}
	return "", false
}

func intent(name string, which hearth.Intent, also ...string) *task {
	return yesOrNo(name, "intent", func(p *hearth.Post) bool { return slices.Contains(p.Intent, which) }, also...)
}

// yesOrNo is a task with two labels: its name and not_ its name. A set may name
// the first in other words too; whatever else it says is the second.
func yesOrNo(name, analyzer string, holds func(*hearth.Post) bool, also ...string) *task {
	yes := append([]string{name, "yes", "y", "true", "t", "1", "positive"}, also...)
	return &task{
		name: name, analyzer: analyzer, positive: name,
		wants: name + " (or yes, true, 1) and anything else for the rest",
		label: func(label, _ string) (string, bool) {
			switch {
			case label == "" || label == "undefined" || label == "unknown" || label == "unsure":
				return "", false
			case slices.Contains(yes, label):
				return name, true
			}
			return "not_" + name, true
		},
		answer: func(p *hearth.Post) string {
			if holds(p) {
				return name
			}
			return "not_" + name
		},
	}
}

// languageOf is a language by its short code: "de" for "deu", "de-AT" or "GER".
// Languages that one code covers are one here ("cmn" is "zh", "nb" and "nn" are
// "no"); "und" is none.
func languageOf(code string) string {
	tag, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(code), "_", "-"))
	if err != nil {
		return "und"
	}
	base, _ := tag.Base()
	switch s := base.String(); s {
	case "nb", "nn":
		return "no"
	case "cmn":
		return "zh"
	default:
		return s
	}
}
