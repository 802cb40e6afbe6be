package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/jobs"
)

// importPage is one file: what is in it, how far its import is, what became of
// its records, and how to take it back.
type importPage struct {
	ID, Title, Format string
	Size              string
	Sent              moment
	State             string
	Write             bool
	Done              string
	Every             string // how often the page looks again; "": not
	Self              string

	Work     *jobLine // that runs or failed
	Survey   *surveyShown
	Ready    bool // it can be imported
	Accept   bool // only if bad records are accepted
	Remove   bool
	Stats    []stat // of the import
	Trouble  string
	Refused  []refusedRow
	Reasons  []reasonRow
	More     string
	Undo     string // the label of the button; "": nothing to undo
	Mentions string // where the posts are
}

type surveyShown struct {
	Stats   []stat
	Samples []sampleRow
}

type sampleRow struct {
	Row                   int64
	Network, Author, Text string
	When                  moment
}

type refusedRow struct {
	Row         int64
	Reason, Raw string
}

type reasonRow struct {
	Reason string
	N      int64
	First  string
}

const shownRefused = 50

// imported is the page of one file.
func (web *Web) imported(v *visit) error {
	id := v.r.PathValue("id")
	up, waits, err := v.upload(id)
	if err != nil {
		return err
	}
	report, err := web.o.Imports.Get(v.ctx(), v.by, id)
	begun := err == nil
	if err != nil && (hearth.ErrorCode(err) != hearth.NotFound || !waits) {
		return err
	}
	p := &importPage{ID: id, Write: v.by.Check(access.WritePosts) == nil, Self: importPath(id)}
	if did := v.query("did"); did == "undone" {
		p.Done = v.say("data.import.undone")
	}
	if begun {
		p.Title, p.Format, p.Sent, p.State = v.fileName(report.Name), report.Format, v.when(report.Begun), v.name("import-state", report.State)
		v.fillImport(p, &report, waits)
	}
	if waits {
		p.Title, p.Format, p.Size, p.Sent = v.fileName(up.Name), up.Format, v.size(up.Size), v.when(up.Sent)
		p.State, _ = v.uploadState(up)
		v.fillUpload(p, up, begun)
	}
	if begun && report.Bad() > 0 && v.by.Check(access.ReadOperations) == nil {
		if err := v.fillRefused(p); err != nil {
			return err
		}
	}
	return v.show("import", p.Title, p)
}

// upload is the file of the id, if it still waits.
func (v *visit) upload(id string) (*ingest.Upload, bool, error) {
	if v.by.Check(access.WritePosts) != nil {
		return nil, false, nil
	}
	up, err := v.web.o.Uploads.Get(v.ctx(), v.by, id)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return nil, false, nil
	}
	return &up, err == nil, err
}

// fillImport shows what became of the records.
func (v *visit) fillImport(p *importPage, r *ingest.Report, waits bool) {
	p.Stats = []stat{
		{Name: v.say("import.records"), Value: v.number(r.Records), Explain: []string{v.say("import.records.how")}},
		{Name: v.say("import.stored"), Value: v.number(r.Stored), Explain: []string{v.say("import.stored.how")}},
		{Name: v.say("import.duplicates"), Value: v.number(r.Duplicates), Explain: []string{v.say("import.duplicates.how")}},
		{Name: v.say("import.bad"), Value: v.number(r.Bad()), Explain: []string{v.say("import.bad.how")}},
	}
	if r.State == ingest.ImportStopped {
		p.Trouble = v.gist(r.Reason)
	}
	switch {
	case !p.Write || waits && r.State == ingest.ImportRunning:
	case r.State == ingest.ImportUndoing:
		p.Undo = v.say("import.undo.on")
	case r.State != ingest.ImportUndone && r.Stored > 0:
		p.Undo = v.say("import.undo")
	}
}

// fillUpload shows what is in a file that waits, and what can be done with it.
func (v *visit) fillUpload(p *importPage, up *ingest.Upload, begun bool) {
	working := func(j *jobs.Job) bool { return j.State == jobs.Waiting || j.State == jobs.Running }
	for _, j := range []*jobs.Job{&up.Import, &up.Check} {
		if working(j) || j.State == jobs.Dead {
			line := v.jobLine(j)
			line.Retry, line.Drop = false, false // the buttons of the page do it
			p.Work = &line
			break
		}
	}
	if working(&up.Import) || working(&up.Check) {
		p.Every = "every 1s"
	}
	p.Remove = !working(&up.Import)
	var s ingest.Survey
	if up.Check.State == jobs.Done && json.Unmarshal(up.Check.Result, &s) == nil {
		p.Ready = !working(&up.Import) && s.Posts > 0
		p.Accept = p.Ready && (s.Records >= 1000 && s.Bad*20 > s.Records || up.Import.State == jobs.Dead)
		if !begun {
			v.fillSurvey(p, &s)
		}
	}
}

func (v *visit) fillSurvey(p *importPage, s *ingest.Survey) {
	p.Survey = &surveyShown{Stats: []stat{
		{Name: v.say("import.records"), Value: v.number(s.Records), Explain: []string{v.say("import.records.how")}},
		{Name: v.say("import.posts"), Value: v.number(s.Posts), Explain: []string{v.say("import.posts.how")}},
		{Name: v.say("import.bad"), Value: v.number(s.Bad), Explain: []string{v.say("import.bad.how")}},
	}}
	for i := range s.Samples {
		one := &s.Samples[i]
		p.Survey.Samples = append(p.Survey.Samples, sampleRow{one.Row, one.Network, shorten(60, one.Author), shorten(240, one.Text), v.when(one.Published)})
	}
	for _, r := range s.Reasons {
		p.Reasons = append(p.Reasons, v.reasonRow(&r))
	}
	for _, r := range s.Rejects {
		p.Refused = append(p.Refused, refusedRow{r.Row, v.gist(r.Reason), shorten(240, r.Raw)})
	}
	if int64(len(s.Rejects)) < s.Bad {
		p.More = v.say("import.more", "n", s.Bad-int64(len(s.Rejects)))
	}
}

func (v *visit) reasonRow(r *ingest.Reason) reasonRow {
	row := reasonRow{Reason: v.gist(r.Reason), N: r.Count}
	for i, n := range r.First[:min(5, len(r.First))] {
		if i > 0 {
			row.First += ", "
		}
		row.First += v.number(n)
	}
	return row
}

// fillRefused lists the records that were kept as dead letters.
func (v *visit) fillRefused(p *importPage) error {
	letters, err := v.web.o.Sources.DeadLetters(v.ctx(), v.by, ingest.DeadLetterSearch{Import: p.ID, Before: v.queryNumber("before"), Limit: shownRefused})
	if err != nil {
		return err
	}
	for i := range letters.Letters {
		d := &letters.Letters[i]
		p.Refused = append(p.Refused, refusedRow{d.Line, v.gist(d.Reason), shorten(240, string(d.Raw))})
	}
	return nil
}

// actOnImport begins an import, forgets its file or takes back what it stored.
func (web *Web) actOnImport(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	to := importPath(id)
	switch form.Get("do") {
	case "import", "accept":
		_, err = web.o.Uploads.Bring(v.ctx(), v.by, id, form.Get("do") == "accept")
	case "remove":
		err = web.o.Uploads.Remove(v.ctx(), v.by, id)
		to = dataPath
	case "cancel":
		var n int64
		if n, err = strconv.ParseInt(form.Get("job"), 10, 64); err == nil {
			_, err = web.o.Jobs.Cancel(v.ctx(), v.by, jobs.ID(n))
		}
	case "undo":
		_, err = web.o.Imports.Undo(v.ctx(), v.by, id)
		to += "?" + url.Values{"did": {"undone"}}.Encode()
	default:
		err = hearth.Errorf(hearth.Invalid, "A file can be imported and removed, an import can be undone.")
	}
	if err != nil {
		return err
	}
	return v.back(to)
}

// longForm is a form whose work may take as long as a command's.
func longForm(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	r := form(path, handle, needs...)
	r.Deadline = 80 * time.Second // below what the listener waits to write
	return r
}

// upload is a form with a file.
func upload(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	return Route{http.MethodPost, path, needs, Write, ingest.MaxUpload + formSize, 2 * time.Hour, handle, false}
}
