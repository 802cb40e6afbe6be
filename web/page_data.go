package web

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/jobs"
)

// dataPage is what is kept: copies of it, what comes in as a file and goes out
// as one, and for how long.
type dataPage struct {
	Write   bool // backups
	Done    *jobDone
	Kept    []stat
	Sizes   []sizeLine
	Export  []link
	Backups []scheduleLine
	Making  []jobLine // the latest jobs of backups
	Every   string    // how often the page looks again; "": not
	Form    fieldset
	New     bool   // the form is open
	Restore string // commands
	Import  *importPart
}

// sizeLine is a part of what is kept, how large it is and how long it stays.
type sizeLine struct{ Name, Size, Stays string }

// importPart is files on their way in.
type importPart struct {
	Formats []choice
	Fields  []input // settings of formats
	Why     string
	FileWhy string
	Waiting []uploadLine
	Past    []importLine
	More    int
}

// uploadLine is a file that waits.
type uploadLine struct {
	Name, Link, State string
	Size              string
	Sent              moment
	Busy              bool
}

// importLine is an import that was made.
type importLine struct {
	Name, Link, State, Mood string
	Stored, Bad             int64
	When                    moment
}

const (
	dataPath     = "/settings/data"
	shownImports = 20
	shownBackups = 3
)

// restoring is how a backup is put back, with invented places.
const restoring = `hearth restore /backup/hearth-20270301-020000 --data /var/lib/hearth-new
cp -a /safe/keys /var/lib/hearth-new/
hearth doctor --deep --data /var/lib/hearth-new`

// data is the page of what is kept.
func (web *Web) data(v *visit) error { return v.dataPage(http.StatusOK, nil, nil) }

func (v *visit) dataPage(status int, form *fieldset, sent *importPart) error {
	p := &dataPage{Write: v.by.Check(access.WriteOperations) == nil, Done: v.jobDone(), New: form != nil, Restore: restoring}
	if err := v.kept(p); err != nil {
		return err
	}
	if err := v.backups(p); err != nil {
		return err
	}
	if p.Form = v.backupForm(); form != nil {
		p.Form = *form
	}
	if p.Import = sent; v.by.Check(access.WritePosts) == nil {
		if p.Import == nil {
			p.Import = v.importForm(nil)
		}
		if err := v.imports(p.Import); err != nil {
			return err
		}
	}
	if v.by.Check(access.ReadPosts) == nil {
		for _, format := range []string{"csv", "ndjson"} {
			p.Export = append(p.Export, link{Label: v.say("export." + format), Href: "/mentions/export." + format + "?period=all"})
		}
	}
	if p.Import != nil && slices.ContainsFunc(p.Import.Waiting, func(u uploadLine) bool { return u.Busy }) {
		p.Every = "every 2s"
	}
	return v.block(status, "data", "shell", v.shell(v.name("settings-title", "data"), false, p))
}

// kept says how much there is, where, and how long it stays.
func (v *visit) kept(p *dataPage) error {
	view, err := v.web.o.Look(v.r)
	if err != nil {
		return err
	}
	s := &view.Status
	p.Kept = []stat{
		{Name: v.say("status.posts"), Value: v.number(s.Posts), Explain: []string{v.say("status.posts.how")}},
		{Name: v.say("status.disk"), Value: v.size(s.Storage.Used), Explain: []string{v.say("status.disk.how")}},
	}
	if s.Storage.Free >= 0 {
		p.Kept = append(p.Kept, stat{Name: v.say("data.free"), Value: v.size(s.Storage.Free), Explain: []string{v.say("data.free.how")}})
	}
	if s.Posts > 0 {
		p.Kept = append(p.Kept, stat{Name: v.say("data.each"), Value: v.size(s.Storage.Used / s.Posts), Explain: []string{v.say("data.each.how")}})
	}
	p.Sizes = append(p.Sizes, sizeLine{v.say("data.archive"), v.size(s.Storage.Used), v.say("data.archive.stays")})
	window := sizeLine{v.say("data.window"), "–", v.say("data.window.off")}
	if w := s.Window; w != nil {
		window.Size = v.size(w.Bytes)
		window.Stays = v.say("data.window.stays", "span", v.span(time.Duration(w.Hours*float64(time.Hour))), "size", v.size(w.Limit), "n", w.Posts)
	}
	p.Sizes = append(p.Sizes, window,
		sizeLine{v.say("status.letters"), v.number(s.DeadLetters), v.say("data.letters.stays")},
		sizeLine{v.say("data.removed"), "", v.say("data.removed.stays")})
	return nil
}

// backups lists the schedules that make them, and the latest jobs.
func (v *visit) backups(p *dataPage) error {
	schedules, err := v.web.o.Jobs.Schedules(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range schedules {
		if schedules[i].Kind == backupJob {
			p.Backups = append(p.Backups, v.scheduleLine(&schedules[i]))
		}
	}
	made, err := v.web.o.Jobs.List(v.ctx(), v.by, jobs.Search{Kind: backupJob, Limit: shownBackups})
	if err != nil {
		return err
	}
	for i := range made.Jobs {
		p.Making = append(p.Making, v.jobLine(&made.Jobs[i]))
		if s := made.Jobs[i].State; s == jobs.Running || s == jobs.Waiting {
			p.Every = "every 2s"
		}
	}
	return nil
}

func (v *visit) backupForm() fieldset {
	return fieldset{
		ID: "backup-new", Action: dataPath + "/backup", Submit: v.say("data.backup.make"), Icon: "save",
		Fields: []input{
			{Name: "directory", Label: v.say("data.backup.directory"), Help: v.say("data.backup.directory.help"), Required: true},
			{Name: "at", Label: v.say("data.backup.at"), Value: "03:00", Type: "time", Required: true},
			{Name: "zone", Label: v.say("data.backup.zone"), Value: v.zone.String(), Offers: []string{v.zone.String(), "UTC"}},
			{Name: "keep", Label: v.say("data.backup.keep"), Value: "7", Type: "number", Required: true},
			{Name: "recipients", Label: v.say("data.backup.recipients"), Help: v.say("data.backup.recipients.help")},
		},
	}
}

// makeBackups puts backups on a schedule and makes the first one.
func (web *Web) makeBackups(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	keep, err := strconv.Atoi(strings.TrimSpace(form.Get("keep")))
	if err != nil {
		keep = 0 // the verb says what may be kept
	}
	args := map[string]any{"directory": strings.TrimSpace(form.Get("directory")), "keep": keep}
	if to := strings.FieldsFunc(form.Get("recipients"), func(r rune) bool { return r == ',' || r == ' ' }); len(to) > 0 {
		args["recipients"] = to
	}
	list, err := web.o.Jobs.Schedules(v.ctx(), v.by)
	if err != nil {
		return err
	}
	name := backupJob
	for n := 2; slices.ContainsFunc(list, func(s jobs.Schedule) bool { return s.Name == name }); n++ {
		name = backupJob + " " + strconv.Itoa(n)
	}
	_, err = web.o.Jobs.PutSchedule(v.ctx(), v.by, jobs.ScheduleDraft{Name: name, When: "daily " + form.Get("at"), Zone: strings.TrimSpace(form.Get("zone")), Kind: backupJob, Args: args})
	if err == nil {
		_, err = web.o.Jobs.RunSchedule(v.ctx(), v.by, name)
	}
	if err != nil {
		wrong := v.backupForm()
		if status, shown := wrong.refused(err, form); shown {
			return v.dataPage(status, &wrong, nil)
		}
		return err
	}
	return v.back(dataPath + "?did=made")
}

// importForm offers the formats, with what was typed.
func (v *visit) importForm(typed url.Values) *importPart {
	p := &importPart{Formats: []choice{{"", v.say("data.import.recognise"), typed.Get("format") == ""}}}
	settings := map[string]bool{}
	for _, f := range v.web.o.Uploads.Formats() {
		p.Formats = append(p.Formats, choice{f.Name, v.ours(f.Title), typed.Get("format") == f.Name})
		for i := range f.Fields {
			one := &f.Fields[i]
			if settings[one.Name] {
				continue
			}
			settings[one.Name] = true
			in := input{Name: settingField + one.Name, Label: v.ours(one.Title), Help: v.ours(one.Help), Value: typed.Get(settingField + one.Name)}
			if len(one.Choices) > 0 {
				in.Choices = append(in.Choices, choice{"", v.say("data.import.usual"), in.Value == ""})
				for _, c := range one.Choices {
					in.Choices = append(in.Choices, choice{c, c, c == in.Value})
				}
			}
			p.Fields = append(p.Fields, in)
		}
	}
	return p
}

const settingField = "set-"

// refused puts what is wrong to its field.
func (p *importPart) refused(err error) {
	field, why := faultOf(err)
	for i := range p.Fields {
		if p.Fields[i].Name == settingField+field {
			p.Fields[i].Why = why
			return
		}
	}
	if field == "file" || field == "format" {
		p.FileWhy = why
		return
	}
	p.Why = why
}

// imports lists the files that wait, and what was imported.
func (v *visit) imports(p *importPart) error {
	waiting, err := v.web.o.Uploads.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for i := range waiting {
		up := &waiting[i]
		here[up.ID] = true
		line := uploadLine{Name: v.fileName(up.Name), Link: importPath(up.ID), Size: v.size(up.Size), Sent: v.when(up.Sent)}
		line.State, line.Busy = v.uploadState(up)
		p.Waiting = append(p.Waiting, line)
	}
	past, err := v.web.o.Imports.List(v.ctx(), v.by)
	if err != nil {
		return err
	}
	for i := range past {
		r := &past[i]
		if here[r.ID] {
			continue
		}
		if len(p.Past) == shownImports {
			p.More++
			continue
		}
		p.Past = append(p.Past, importLine{v.fileName(r.Name), importPath(r.ID), v.name("import-state", r.State), importMood(r.State), r.Stored, r.Bad(), v.when(r.Begun)})
	}
	return nil
}

func (v *visit) fileName(name string) string {
	if name == "" {
		return v.say("data.import.noname")
	}
	return shorten(80, name)
}

func importPath(id string) string { return dataPath + "/imports/" + url.PathEscape(id) }

func importMood(state string) string {
	switch state {
	case ingest.ImportDone:
		return "good"
	case ingest.ImportStopped:
		return "bad"
	case ingest.ImportRunning:
		return "busy"
	}
	return "wait"
}

// uploadState words how far a file is.
func (v *visit) uploadState(up *ingest.Upload) (words string, busy bool) {
	switch working := func(s jobs.State) bool { return s == jobs.Waiting || s == jobs.Running }; {
	case working(up.Import.State):
		return v.name("upload-state", "importing"), true
	case up.Import.State == jobs.Dead:
		return v.name("upload-state", "stopped"), false
	case up.Import.State == jobs.Cancelled:
		return v.name("upload-state", "cancelled"), false
	case working(up.Check.State):
		return v.name("upload-state", "checking"), true
	case up.Check.State == jobs.Dead:
		return v.name("upload-state", "unreadable"), false
	}
	return v.name("upload-state", "ready"), false
}

// uploadTime is how long a file may be silent on its way here.
const uploadTime = time.Minute

// takeUpload takes a file from a form, field by field as they come: the file is
// the last.
func (web *Web) takeUpload(v *visit) error {
	kind, params, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return hearth.Errorf(hearth.Invalid, "This form could not be read; send it again.")
	}
	parts := multipart.NewReader(&slowBody{v.r.Body, http.NewResponseController(v.w)}, params["boundary"])
	typed := url.Values{}
	for range 50 {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		if part.FormName() != "file" {
			text, err := io.ReadAll(io.LimitReader(part, 4096))
			if err != nil {
				break
			}
			typed.Set(part.FormName(), string(text))
			continue
		}
		draft := ingest.UploadDraft{Name: part.FileName(), Format: typed.Get("format"), Settings: map[string]string{}}
		for name, values := range typed {
			if of, ok := strings.CutPrefix(name, settingField); ok && strings.TrimSpace(values[0]) != "" {
				draft.Settings[of] = strings.TrimSpace(values[0])
			}
		}
		up, err := web.o.Uploads.Take(v.ctx(), v.by, draft, part)
		if code := hearth.ErrorCode(err); code == hearth.Invalid || code == hearth.Conflict {
			p := v.importForm(typed)
			p.refused(err)
			return v.dataPage(statuses[code], nil, p)
		}
		if err != nil {
			return err
		}
		return v.back(importPath(up.ID))
	}
	return hearth.Errorf(hearth.Invalid, "The form came without a file; choose one and send it again.")
}

// slowBody gives every read of a long body its own deadline.
type slowBody struct {
	body  io.Reader
	steps *http.ResponseController
}

func (b *slowBody) Read(p []byte) (int, error) {
	b.steps.SetReadDeadline(hearth.SystemClock().Add(uploadTime)) // a recorder in tests has none
	b.steps.SetWriteDeadline(hearth.SystemClock().Add(2 * uploadTime))
	return b.body.Read(p)
}
