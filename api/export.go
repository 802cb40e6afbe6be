package api

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// export streams posts for as long as whoever asks may have them (TN6). An export
// that cannot be finished breaks the connection off, so that nobody takes a part
// for the whole; where nothing was sent yet it is an error, which is the answer.
func (a *API) export(w http.ResponseWriter, r *http.Request, by access.Actor, format string, each func(context.Context, func(*archive.Stored) error) error) error {
	steps := http.NewResponseController(w)
	steps.SetReadDeadline(hearth.SystemClock().Add(forever))
	kind := ndjson
	if format == "csv" {
		kind = "text/csv; charset=utf-8; header=present"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="hearth-export.`+strings.TrimPrefix(format, "nd")+`"`)
	if format != "csv" {
		w.Header().Set("Content-Disposition", `attachment; filename="hearth-export.ndjson"`)
	}
	ctx, stop := a.o.Access.Watch(r.Context(), by)
	defer stop()
	way := newPatientWriter(ctx, w, steps)
	out := bufio.NewWriterSize(way, 64<<10)
	var row []byte
	if format == "csv" {
		out.WriteString(csvTitles)
	}
	err := each(ctx, func(s *archive.Stored) error {
		if format == "csv" {
			row = appendCSV(row[:0], &s.Post)
		} else {
			row = append(hearth.AppendPost(row[:0], &s.Post), '\n')
		}
		_, err := out.Write(row)
		return err
	})
	if err == nil {
		err = out.Flush()
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	if err != nil && way.begun {
		a.o.Log.Warn("an export broke off", "error", err)
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		w.Header().Del("Content-Disposition")
		w.Header().Del("Content-Type")
	}
	return err
}

// ExportFor streams a selection as a file that a browser keeps, csv or ndjson.
// Its error is the answer; nothing was sent then.
func (a *API) ExportFor(w http.ResponseWriter, r *http.Request, by access.Actor, s monitor.Selection, format string) error {
	if err := a.soundQuery(by, s.Query, a.o.Monitors.ParseStored); err != nil {
		return err
	}
	leave, err := a.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	posts := monitor.NewPosts(a.o.Monitors)
	return a.export(w, r, by, format, func(ctx context.Context, each func(*archive.Stored) error) error {
		return posts.Export(ctx, by, s, each)
	})
}

// patientWriter gives every write its own deadline, and writes nothing once its
// context has ended: not even what waits for a slow reader at that moment.
type patientWriter struct {
	ctx   context.Context
	mu    sync.Mutex // of the deadline
	w     http.ResponseWriter
	steps *http.ResponseController
	begun bool
}

func newPatientWriter(ctx context.Context, w http.ResponseWriter, steps *http.ResponseController) *patientWriter {
	p := &patientWriter{ctx: ctx, w: w, steps: steps}
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if errors.Is(context.Cause(ctx), access.ErrSignedOut) {
			p.steps.SetWriteDeadline(hearth.SystemClock())
		}
	})
	return p
}

func (p *patientWriter) Write(b []byte) (int, error) {
	if err := p.patience(); err != nil {
		return 0, err
	}
	p.begun = true
	return p.w.Write(b)
}

// patience sets the deadline of the next write.
func (p *patientWriter) patience() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	p.steps.SetWriteDeadline(hearth.SystemClock().Add(stepTime))
	return nil
}

const csvTitles = "network,id,url,kind,published,author_handle,author_name,author_id,followers,title,text,lang,sentiment,sentiment_score,intent," +
	"in_reply_to,root,quotes,repost_of,links,hashtags,mentions,likes,replies,reposts,quotes_count,views,rating,item,country,tags,spam,corrections\r\n"

// appendCSV writes a post as one row: every cell quoted, and none that a
// spreadsheet would run (BR9).
func appendCSV(b []byte, p *hearth.Post) []byte {
	published := ""
	if !p.Published.IsZero() {
		published = p.Published.UTC().Format(time.RFC3339Nano)
	}
	intents := make([]string, len(p.Intent))
	for i, intent := range p.Intent {
		intents[i] = string(intent)
	}
	spam := ""
	if p.Spam != hearth.Unknown {
		spam = strconv.FormatBool(p.Spam == hearth.True)
	}
	for i, value := range [...]string{
		p.Network, p.ID, p.URL, string(p.KindOf()), published, p.Author.Handle, p.Author.Name, p.Author.ID, count(p.Author.Followers),
		p.Title, p.Text, p.Lang, string(p.Sentiment), number(p.SentimentScore), strings.Join(intents, " "),
		p.InReplyTo, p.Root, p.Quotes, p.RepostOf, strings.Join(p.Links, " "), strings.Join(p.Hashtags, " "), strings.Join(p.Mentions, " "),
		count(p.Engagement.Likes), count(p.Engagement.Replies), count(p.Engagement.Reposts), count(p.Engagement.Quotes), count(p.Engagement.Views),
		number(p.Rating), p.Item, p.Place.Country, strings.Join(p.Tags, " "), spam, corrections(p),
	} {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, value)
	}
	return append(b, '\r', '\n')
}

// corrections is what people said against the analysis, and what that had said.
func corrections(p *hearth.Post) string {
	var list []string
	for i := range p.Corrections {
		c := &p.Corrections[i]
		list = append(list, fmt.Sprintf("%s was %s, by %d at %s", c.Field, cmp.Or(c.Machine, "nothing"), c.By, c.At.Format(time.RFC3339)))
	}
	return strings.Join(list, "; ")
}

// appendCell quotes a cell. What a spreadsheet would take for a formula gets an
// apostrophe in front, also behind spaces, which some strip; NUL, which ends a
// cell early in others, becomes a space.
func appendCell(b []byte, s string) []byte {
	b = append(b, '"')
	if t := strings.TrimLeft(s, " \u00a0\u3000"); t != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(t)[0]) && !plainNumber(s) {
		b = append(b, '\'')
	}
	for i := range len(s) {
		switch c := s[i]; c {
		case '"':
			b = append(b, '"', '"')
		case 0:
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// plainNumber says whether a cell is one of our own numbers, such as -0.35.
func plainNumber(s string) bool {
	if len(s) > 24 || strings.Trim(s, "-.0123456789") != "" {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func count(c hearth.Count) string {
	if !c.Known {
		return ""
	}
	return strconv.FormatInt(c.N, 10)
}

func number(n hearth.Number) string {
	if !n.Known {
		return ""
	}
	return strconv.FormatFloat(n.V, 'f', -1, 64)
}
