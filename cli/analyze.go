package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/jsonread"
)

type analyzeCommand struct {
	Text []string `arg:"" optional:"" help:"A text. Without one, post documents are read from standard input, one a line, and written with what the analysis adds."`
}

func (c *analyzeCommand) Run(s *session) error {
	if len(c.Text) == 0 {
		return s.eachLine(s.analyzeLine)
	}
	p := hearth.Post{Network: "text", ID: "1", Text: strings.Join(c.Text, " ")}
	s.tools.Analyze([]*hearth.Post{&p})
	if s.json {
		return s.printf("%s\n", hearth.AppendPost(nil, &p))
	}
	t := table{columns: []column{{paint: s.style.faint}, {}}}
	t.add("language", orUnsure(p.Lang))
	sentiment := orUnsure(string(p.Sentiment))
	if p.SentimentScore.Known {
		sentiment += fmt.Sprintf(" (%+.2f)", p.SentimentScore.V)
	}
	t.add("sentiment", sentiment)
	t.add("intent", orNone(joinIntents(p.Intent)))
	if p.Spam == hearth.True {
		t.add("spam", "yes: "+strings.Join(s.tools.SpamSigns(&p), ", "))
	}
	return t.printRows(s.env.Stdout, s.out)
}

// analyzeLine answers a post document with the same document and what the
// analysis adds. Members that Hearth does not know stay as they are.
func (s *session) analyzeLine(dst, line []byte) ([]byte, error) {
	document := string(line)
	var p hearth.Post
	if err := hearth.DecodePost(document, &p); err != nil {
		return nil, err
	}
	before := p
	s.tools.Analyze([]*hearth.Post{&p})
	return withAnalysis(dst, document, &before, &p), nil
}

// withAnalysis copies a document that DecodePost accepted and adds what after
// has and before had not. The four members of the analysis are always there
// afterwards: null, or [] for intent, where it is unsure.
func withAnalysis(dst []byte, document string, before, after *hearth.Post) []byte {
	type member struct{ name, value string }
	var added []member
	if before.Lang == "" {
		added = append(added, member{"lang", quotedOrNull(after.Lang)})
	}
	if before.Sentiment == "" {
		added = append(added, member{"sentiment", quotedOrNull(string(after.Sentiment))})
	}
	if !before.SentimentScore.Known {
		score := "null"
		if after.SentimentScore.Known {
			score = strconv.FormatFloat(after.SentimentScore.V, 'f', -1, 64)
		}
		added = append(added, member{"sentiment_score", score})
	}
	if len(before.Intent) == 0 {
		list := []byte{'['}
		for i, intent := range after.Intent {
			if i > 0 {
				list = append(list, ',')
			}
			list = hearth.AppendQuoted(list, string(intent))
		}
		added = append(added, member{"intent", string(append(list, ']'))})
	}
	if before.Spam == hearth.Unknown && after.Spam != hearth.Unknown {
		added = append(added, member{"spam", strconv.FormatBool(after.Spam == hearth.True)})
	}

	dst = append(dst, '{')
	var r jsonread.Reader
	r.Reset(document)
	r.Object()
	for r.Next() {
		name, value := r.Key(), r.Raw()
		if !slices.ContainsFunc(added, func(m member) bool { return m.name == name }) {
			dst = appendMember(dst, name, strings.ToValidUTF8(value, "\uFFFD"))
		}
	}
	for _, m := range added {
		dst = appendMember(dst, m.name, m.value)
	}
	return append(dst, '}')
}

func quotedOrNull(s string) string {
	if s == "" {
		return "null"
	}
	return string(hearth.AppendQuoted(nil, s))
}

func appendMember(dst []byte, name, value string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = hearth.AppendQuoted(dst, name)
	dst = append(dst, ':')
	return append(dst, value...)
}

func joinIntents(list []hearth.Intent) string {
	words := make([]string, len(list))
	for i, intent := range list {
		words[i] = string(intent)
	}
	return strings.Join(words, ", ")
}

func orUnsure(s string) string {
	if s == "" {
		return "unsure"
	}
	return safe(s)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
