package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"hearth"
)

func sessionOf(t *testing.T, in io.Reader, out io.Writer) *session {
	return &session{ctx: t.Context(), env: Env{Stdin: in, Stdout: out, Stderr: io.Discard, Clock: hearth.SystemClock, Getenv: func(string) string { return "" }}}
}

// upper answers a line in capitals and refuses "bad".
func upper(dst, line []byte) ([]byte, error) {
	if string(line) == "bad" {
		return append(dst, "left over"...), hearth.Errorf(hearth.Invalid, "No.")
	}
	return append(dst, bytes.ToUpper(line)...), nil
}

func TestEveryLineIsAnsweredByOneLineInOrder(t *testing.T) {
	t.Parallel()
	answer := func(in, want string) {
		t.Helper()
		var out bytes.Buffer
		if err := sessionOf(t, strings.NewReader(in), &out).eachLine(upper); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%q is answered by %q, want %q", in, out.String(), want)
		}
	}
	answer("", "")
	answer("a\nb\n", "A\nB\n")
	answer("a\r\nb", "A\nB\n")
	answer("\n", "\n")
	answer("a\nbad\nc\n", "A\n{\"error\":\"No.\"}\nC\n")
}

func TestALineThatIsTooLongIsRefusedAndTheNextOneRead(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("x", longestLine)
	var out bytes.Buffer
	in := io.MultiReader(strings.NewReader(longest+"\n"), strings.NewReader(longest+"y\n"), strings.NewReader(strings.Repeat("z", 40<<20)), strings.NewReader("\nc\n"))
	if err := sessionOf(t, in, &out).eachLine(func(dst, line []byte) ([]byte, error) { return fmt.Append(dst, len(line)), nil }); err != nil {
		t.Fatal(err)
	}
	const refused = "{\"error\":\"The line is longer than 16 MiB.\"}\n"
	if want := fmt.Sprintf("%d\n%s%s1\n", longestLine, refused, refused); out.String() != want {
		t.Errorf("got %.300q", out.String())
	}
}

// A program that waits for each answer before it asks again is never kept
// waiting.
func TestAnswersAreSentAsSoonAsTheInputPauses(t *testing.T) {
	t.Parallel()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- sessionOf(t, inRead, outWrite).eachLine(upper); outWrite.Close() }()
	answers := bufio.NewReader(outRead)
	for i := range 50 {
		fmt.Fprintf(inWrite, "line %d\n", i)
		got := make(chan string, 1)
		go func() { s, _ := answers.ReadString('\n'); got <- s }()
		select {
		case s := <-got:
			if want := fmt.Sprintf("LINE %d\n", i); s != want {
				t.Fatalf("got %q, want %q", s, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("line %d was never answered", i)
		}
	}
	inWrite.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTheQueryOfALineKeepsItsBytes(t *testing.T) {
	t.Parallel()
	read := func(line, want string) {
		t.Helper()
		q, err := readQuestion(line)
		if err != nil || q.query != want {
			t.Errorf("%q: %q, %v; want %q", line, q.query, err, want)
		}
	}
	read(`{"query":"a \"b\" \u00e9"}`, `a "b" é`)
	read("{\"query\":\"a \xff b\\\"\xfe\"}", "a \xff b\"\xfe")
	read(`{"query":"\ud83d"}`, "\uFFFD")
	read(`{"post":null,"other":{"query":"x"},"query":""}`, "")
	for _, bad := range []string{`{}`, `[]`, `{"query":null}`, `{"query":"a`, `{"query":"a"} x`, `{"query":"a","query":"b"}`, `{"query":"a","post":5}`} {
		if _, err := readQuestion(bad); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func FuzzReadQuestion(f *testing.F) {
	f.Add(`{"query":"a","post":{"network":"x","id":"1","text":"t"}}`)
	f.Add("{\"query\":\"\xff\\u0041\"}")
	f.Fuzz(func(t *testing.T, line string) {
		q, err := readQuestion(line)
		if err != nil && hearth.ErrorCode(err) != hearth.Invalid {
			t.Fatalf("%q: %v", line, err)
		}
		if len(q.query) > len(line)*3 {
			t.Fatalf("%q gives a query of %d bytes", line, len(q.query))
		}
	})
}

func TestTheDocumentComesBackWithWhatWasFound(t *testing.T) {
	t.Parallel()
	add := func(document, want string) {
		t.Helper()
		var before hearth.Post
		if err := hearth.DecodePost(document, &before); err != nil {
			t.Fatal(err)
		}
		after := before
		if after.Lang == "" {
			after.Lang = "en"
		}
		if after.Sentiment == "" {
			after.Sentiment, after.SentimentScore = hearth.Positive, hearth.KnownNumber(0.5)
		}
		if got := string(withAnalysis(nil, document, &before, &after)); got != want {
			t.Errorf("%s\n got %s\nwant %s", document, got, want)
		}
	}
	add(`{"network":"a","id":"1","text":"t"}`,
		`{"network":"a","id":"1","text":"t","lang":"en","sentiment":"positive","sentiment_score":0.5,"intent":[]}`)
	add(`{"id":"1", "x":{"y":[1, 2]}, "lang":null, "intent":["praise"], "network":"a", "text":""}`,
		`{"id":"1","x":{"y":[1, 2]},"intent":["praise"],"network":"a","text":"","lang":"en","sentiment":"positive","sentiment_score":0.5}`)
	add(`{"network":"a","id":"1","text":"t","lang":"fi","sentiment":"negative","sentiment_score":-1}`,
		`{"network":"a","id":"1","text":"t","lang":"fi","sentiment":"negative","sentiment_score":-1,"intent":[]}`)
}
