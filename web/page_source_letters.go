package web

import (
	"net/url"
	"strconv"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/jobs"
)

// letterPart is the dead letters of a source: what is wrong with them, what is
// being done with all of them, and the newest.
type letterPart struct {
	Link    string // of the source
	Self    string // where the part looks again while a run goes on; "": it need not
	Errors  []letterError
	Error   string // that is looked at; "": all
	Count   int64  // of these
	Runs    []letterRun
	Busy    bool // a run goes on
	Letters []letterShown
	More    string // address of older letters
	Write   bool
}

type letterError struct {
	link
	N int64
}

type letterShown struct {
	ID     int64
	Reason string
	Raw    string
	Size   string
	When   moment
}

// letterRun is a run over many letters.
type letterRun struct {
	ID      int64
	Title   string // what it does
	Error   string // with those of this error; "": all
	Mood    string
	State   string
	When    moment
	Running bool
	Percent int // below 0: nobody knows
	Left    string
	Result  string
	Faults  []counter
	Trouble string
	Undo    bool
	Cancel  bool
}

const (
	shownSourceLetters = 20
	shownErrors        = 12
	shownRuns          = 3
)

func (v *visit) sourceLetters(id hearth.SourceID) (*letterPart, error) {
	p := &letterPart{Link: sourcePath(id), Error: v.query("error"), Write: v.by.Check(access.WriteSources) == nil}
	all, err := v.web.o.Sources.LetterErrors(v.ctx(), v.by, id)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, e := range all {
		total += e.Count
		if e.Error == p.Error {
			p.Count = e.Count
		}
	}
	if p.Error == "" {
		p.Count = total
	}
	if len(all) > 1 || p.Error != "" {
		p.Errors = append(p.Errors, letterError{link{v.say("letters.all"), p.Link + "#letters", p.Error == ""}, total})
		for _, e := range all[:min(len(all), shownErrors)] {
			p.Errors = append(p.Errors, letterError{link{v.gist(e.Reason), lettersPath(id, e.Error, 0), e.Error == p.Error}, e.Count})
		}
	}
	runs, err := v.web.o.Letters.List(v.ctx(), v.by, id)
	if err != nil {
		return nil, err
	}
	undone := map[jobs.ID]bool{}
	for i := range runs[:min(len(runs), shownRuns)] {
		if runs[i].Task.Act == ingest.RestoreLetters {
			undone[runs[i].Task.Run] = true
		}
		line := v.letterRun(&runs[i])
		line.Undo = line.Undo && p.Write && !undone[runs[i].Job.ID]
		line.Cancel = line.Cancel && v.by.Check(access.WriteOperations) == nil
		p.Runs = append(p.Runs, line)
		p.Busy = p.Busy || runs[i].Job.State == jobs.Running || runs[i].Job.State == jobs.Waiting
	}
	if p.Busy {
		p.Self = lettersPath(id, p.Error, v.queryNumber("before"))
	}
	page, err := v.web.o.Sources.DeadLetters(v.ctx(), v.by, ingest.DeadLetterSearch{Source: id, Error: p.Error, Before: v.queryNumber("before"), Limit: shownSourceLetters})
	if err != nil {
		return nil, err
	}
	for i := range page.Letters {
		d := &page.Letters[i]
		p.Letters = append(p.Letters, letterShown{d.ID, v.gist(d.Reason), shorten(600, string(d.Raw)), v.size(d.Size), v.when(d.Noticed)})
	}
	if page.Next > 0 {
		p.More = lettersPath(id, p.Error, page.Next) + "#letters"
	}
	return p, nil
}

// lettersPath is where letters of one error are, older ones than before.
func lettersPath(id hearth.SourceID, fault string, before int64) string {
	q := url.Values{}
	if fault != "" {
		q.Set("error", fault)
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return sourcePath(id)
	}
	return sourcePath(id) + "?" + q.Encode()
}

func (v *visit) letterRun(r *ingest.LetterRun) letterRun {
	j := &r.Job
	line := letterRun{
		ID: int64(j.ID), Title: v.runTitle(r), Error: v.gist(r.Task.Error), State: v.name("job-state", string(j.State)), When: v.when(j.Created), Percent: -1,
		Undo: r.Task.Act == ingest.DismissLetters && (j.State == jobs.Done || j.State == jobs.Cancelled || j.State == jobs.Dead),
	}
	switch j.State {
	case jobs.Running, jobs.Waiting:
		line.Mood, line.Running, line.Cancel = "busy", true, !j.Cancel
		line.Percent, line.Left = v.headway(&j.Progress, v.now.Sub(j.Created))
	case jobs.Dead:
		line.Mood, line.Trouble = "bad", v.gist(j.Error)
	case jobs.Cancelled:
		line.Mood = "wait"
	default:
		line.Mood = "good"
		line.Result = v.runResult(r)
		if r.Result.Failed > 0 {
			line.Result += " " + v.say("letters.stay", "n", r.Result.Failed)
		}
		for _, why := range r.Result.Reasons[:min(len(r.Result.Reasons), shownErrors)] {
			line.Faults = append(line.Faults, counter{v.gist(why.Reason), why.Count})
		}
	}
	return line
}

func (v *visit) runTitle(r *ingest.LetterRun) string {
	switch r.Task.Act {
	case ingest.ReplayLetters:
		return v.say("letters.replaying", "n", r.Letters)
	case ingest.DismissLetters:
		return v.say("letters.dismissing", "n", r.Letters)
	}
	return v.say("letters.restoring", "n", r.Letters)
}

func (v *visit) runResult(r *ingest.LetterRun) string {
	switch r.Task.Act {
	case ingest.ReplayLetters:
		return v.say("letters.replayed", "n", r.Result.Done)
	case ingest.DismissLetters:
		return v.say("letters.dismissed", "n", r.Result.Done)
	}
	return v.say("letters.restored", "n", r.Result.Done)
}

// actOnLetter replays or dismisses what could not be read: one letter, or all.
func (web *Web) actOnLetter(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	source, err := sourceID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if form.Get("all") != "" {
		return v.actOnLetters(source, form)
	}
	letter, err := strconv.ParseInt(form.Get("letter"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.NotFound, "There is no such dead letter.")
	}
	to := url.Values{}
	switch form.Get("do") {
	case "replay":
		err = web.o.Sources.ReplayDeadLetter(v.ctx(), v.by, letter)
		to.Set("did", "replayed")
	case "dismiss":
		err = web.o.Sources.DismissDeadLetter(v.ctx(), v.by, letter)
		to.Set("did", "dismissed")
		to.Set("letter", strconv.FormatInt(letter, 10))
	case "restore":
		err = web.o.Sources.RestoreDeadLetter(v.ctx(), v.by, letter)
		to.Set("did", "restored")
	default:
		err = hearth.Errorf(hearth.Invalid, "Dead letters can be replayed, dismissed and restored.")
	}
	if err != nil {
		return err
	}
	return v.back(lettersBack(source, form.Get("error"), to))
}

// actOnLetters begins a run, or ends one.
func (v *visit) actOnLetters(source hearth.SourceID, form url.Values) error {
	job, _ := strconv.ParseInt(form.Get("job"), 10, 64)
	var err error
	if form.Get("do") == "cancel" {
		_, err = v.web.o.Jobs.Cancel(v.ctx(), v.by, jobs.ID(job))
	} else {
		_, err = v.web.o.Letters.Start(v.ctx(), v.by, ingest.LetterTask{
			Act: ingest.LetterAct(form.Get("do")), Source: source, Error: form.Get("error"), Run: jobs.ID(job),
		})
	}
	if err != nil {
		return err
	}
	return v.back(lettersBack(source, form.Get("error"), url.Values{}))
}

func lettersBack(source hearth.SourceID, fault string, to url.Values) string {
	if fault != "" {
		to.Set("error", fault)
	}
	path := sourcePath(source)
	if len(to) > 0 {
		path += "?" + to.Encode()
	}
	return path + "#letters"
}
