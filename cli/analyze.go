package cli

import (
	"fmt"
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
		t.add("spam", "yes")
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

// analysed are the members that the analysis may add, in the order of the
// document.
var analysed = [...]string{"lang", "sentiment", "sentiment_score", "intent", "spam"}

// withAnalysis copies a document that DecodePost accepted and adds what after
// has and before had not. A member that is there and means missing (null, "",
// []) gives way.
func withAnalysis(dst []byte, document string, before, after *hearth.Post) []byte {
	added := map[string]string{}
	if before.Lang == "" && after.Lang != "" {
		added["lang"] = string(hearth.AppendQuoted(nil, after.Lang))
	}
	if before.Sentiment == "" && after.Sentiment != "" {
		added["sentiment"] = string(hearth.AppendQuoted(nil, string(after.Sentiment)))
	}
	if !before.SentimentScore.Known && after.SentimentScore.Known {
		added["sentiment_score"] = strconv.FormatFloat(after.SentimentScore.V, 'f', -1, 64)
	}
	if len(before.Intent) == 0 && len(after.Intent) > 0 {
		list := []byte{'['}
		for i, intent := range after.Intent {
			if i > 0 {
				list = append(list, ',')
			}
			list = hearth.AppendQuoted(list, string(intent))
		}
		added["intent"] = string(append(list, ']'))
	}
	if before.Spam == hearth.Unknown && after.Spam != hearth.Unknown {
		added["spam"] = strconv.FormatBool(after.Spam == hearth.True)
	}

	dst = append(dst, '{')
	var r jsonread.Reader
	r.Reset(document)
	r.Object()
	for r.Next() {
		name, value := r.Key(), r.Raw()
		if _, ok := added[name]; !ok {
			dst = appendMember(dst, name, strings.ToValidUTF8(value, "\uFFFD"))
		}
	}
	for _, name := range analysed {
		if value, ok := added[name]; ok {
			dst = appendMember(dst, name, value)
		}
	}
	return append(dst, '}')
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
