package hearth_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/cookiejar"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/server"
)

// reading is the verbs that change nothing and open nothing.
var reading = set(`Sources.Get Sources.List Sources.Status Sources.StatusOf Sources.Window Sources.Hosts Sources.DeadLetters Sources.LetterErrors LetterRuns.List
Imports.Check Imports.Get Imports.List Uploads.Get Uploads.List
Monitors.Get Monitors.List Monitors.Removed Monitors.Summaries Monitors.Versions Monitors.Mentions Monitors.Count Monitors.Preview Monitors.Follow
Monitors.Filling Monitors.PreviewChange Monitors.Effect Monitors.EstimateFill Monitors.DeadLetters
Posts.Search Posts.Get Posts.See Posts.History Posts.Count Posts.Facets Charts.Series Charts.Tops Charts.Audience Charts.Voices Topics.List Topics.Names Topics.Get Topics.Posts Topics.Said Bots.Of Copies.Of Copies.Search Copies.Count Copies.Campaigns Comparisons.Compare Comparisons.Get Comparisons.List Lists.List Lists.Get Lists.Removed Tags.Runs Tags.Get Tags.Said Checks.Get Checks.Accuracy Calibrations.List Reanalyses.List Reanalyses.Get Reanalyses.Try Reanalyses.Models Rules.List Rules.Try Trusted.List Queue.List Queue.Get Queue.Schedules
Alerts.List Alerts.Get Alerts.Precision Alerts.Samples Alerts.Timeline Alerts.Notices Alerts.Rule
Outbox.Channels Outbox.Channel Outbox.Dispatches Outbox.Dispatch Outbox.TestMessage Outbox.PushKey Outbox.Devices Outbox.Overview
Incidents.List Incidents.Get Incidents.Publishing Incidents.Runbooks Incidents.Forecast
Access.Users Access.Invitations Access.Teams Access.Workspaces Access.Brands Access.Keys Access.AuditLog Access.AuditChoices Access.VerifyAudit Access.Account Access.Sessions Access.Passkeys Access.Providers Access.TryProvider Access.PasswordSignIn Access.Identities Access.FourEyes Access.Approvals Access.Approval`)

// elsewhere is the verbs whose line is proved in their own room, or that say
// nothing about anybody's data.
var elsewhere = map[string]string{
	"Uploads.Bring": "its job leaves the line of Imports.Import beside its own; package ingest",
	"Queue.Cancel":  "the same transaction as Queue.Drop", "Queue.Retry": "likewise",
	"Monitors.PauseFill": "the same path as Monitors.Fill", "Monitors.ResumeFill": "likewise",
	"Sources.RotateCallback": "the same transaction as Sources.Change, for networks that send by themselves",
	"Alerts.Vote":            "needs an alert; package alert", "Alerts.ReadNotices": "what somebody has looked at is theirs",
	"Sources.ReplayDeadLetter":  "its line stands before what is read again is stored; one that still cannot be read changes nothing",
	"LetterRuns.Start":          "needs dead letters; package ingest",
	"Incidents.Mark":            "package alert",
	"Outbox.Settle":             "needs a dispatch of unknown fate; package outbox",
	"Outbox.SettleMany":         "likewise",
	"Access.ChangeBrandRole":    "the same transaction as Access.ChangeRole",
	"Access.BeginAuthenticator": "makes a secret that does not count yet", "Access.EnableAuthenticator": "package access",
	"Access.RemoveIdentity": "package access", "Access.BeginProof": "asks a question", "Access.ProveByPasskey": "package access", "Access.BeginPasskey": "asks a question that does not count yet", "Access.AddPasskey": "package access", "Access.RenamePasskey": "package access", "Access.RemovePasskey": "package access", "Access.DisableAuthenticator": "package access",
	"Access.EnterWorkspace": "package access", "Access.JoinWorkspace": "package access", "Access.RestoreWorkspace": "package access",
	"Access.ArchiveWorkspace": "package access",
	"Access.Approve":          "takes a second person; package access", "Access.RefuseApproval": "likewise", "Access.WithdrawApproval": "likewise", "Access.ExplainApproval": "likewise",
	"Topics.Change": "needs a topic; package topic", "Topics.Merge": "likewise", "Topics.Split": "likewise",
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// proves I42: every verb that changes something, or takes everything out, leaves
// exactly one line that names it; the verbs are found by reflection.
func TestEveryVerbThatChangesSomethingLeavesOneLine(t *testing.T) {
	t.Parallel()
	s, c := serve(t)
	steps := walk(t, c)
	told := map[string]bool{}
	for _, step := range steps {
		before := lines(t, c)
		if err := step.do(t.Context()); err != nil && !step.fails {
			t.Fatalf("%s: %v", step.verb, err)
		}
		after := lines(t, c)
		if n := len(after) - len(before); n != 1 || after[0].Verb != step.line {
			t.Errorf("%s left %d lines, the last %q; want one, %q", step.verb, n, after[0].Verb, step.line)
		}
		if after[0].Actor == "" || after[0].Object == "" || after[0].Kind == "" {
			t.Errorf("%s: nobody, or nothing: %+v", step.verb, after[0])
		}
		told[step.verb] = true
	}
	if check, err := c.VerifyAudit(t.Context()); err != nil || check.Wrong != 0 || check.Lines < int64(len(steps)) {
		t.Errorf("the log does not hold together: %+v, %v", check, err)
	}
	for _, capability := range s.Capabilities() {
		v := reflect.ValueOf(capability)
		for i := range v.NumMethod() {
			name := v.Type().Elem().Name() + "." + v.Type().Method(i).Name
			if isVerb(v.Method(i).Type()) && !told[name] && !reading[name] && elsewhere[name] == "" {
				t.Errorf("%s: does it change something? Add a step to walk, or the verb to reading", name)
			}
		}
	}
}

// serve runs a server for the test.
func serve(t *testing.T) (*server.Server, *client.Client) {
	t.Helper()
	settings, _, err := server.Load(map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Build(t.Context(), server.Config{Settings: settings, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- s.Run(ctx, func(address string) { ready <- address }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})
	select {
	case err := <-ended:
		ended <- err
		t.Fatal("the server ended")
	case address := <-ready:
		c, err := client.New(address, client.Options{Key: s.Key()})
		if err != nil {
			t.Fatal(err)
		}
		jobsAreThere(t, c)
		return s, c
	}
	return nil, nil
}

// jobsAreThere waits until the house has made its schedules.
func jobsAreThere(t *testing.T, c *client.Client) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		if list, err := c.Schedules(t.Context()); err == nil && len(list) > 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the house makes no schedules")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func lines(t *testing.T, c *client.Client) []client.AuditLine {
	t.Helper()
	page, err := c.AuditLog(t.Context(), client.AuditSearch{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Lines
}

// inventedSubscription is what a browser gives; the keys are those of RFC 8291,
// section 5.
const inventedSubscription = `{"endpoint":"https://push.acme.example/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`

// step is one verb done once.
type step struct {
	verb, line string
	fails      bool // its line stands before the work, which finds nothing to do
	do         func(context.Context) error
}

// walk is a way through the verbs; later steps use what earlier ones made.
func walk(t *testing.T, c *client.Client) []step {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ann, err := client.New(c.Address(), client.Options{Cookies: jar})
	if err != nil {
		t.Fatal(err)
	}
	const password = "a lamp beside the window"
	var monitor, rival client.Monitor
	var comparison client.Comparison
	var list client.List
	var tagged client.TagRun
	var checked client.Check
	var judged client.Reanalysis
	var rule client.Rule
	var source client.Source
	var job client.Job
	var imported client.ImportProgress
	var upload client.Upload
	var incident client.Incident
	var channel client.Channel
	var device client.Device
	sent := func(ctx context.Context) (client.Dispatch, error) { // the newest
		page, err := c.Dispatches(ctx, 0, "", 0, 1)
		if err != nil || len(page.Dispatches) == 0 {
			return client.Dispatch{}, errors.Join(err, errors.New("nothing is to be sent"))
		}
		return page.Dispatches[0], nil
	}
	var link client.Link
	var provider client.Provider
	var invited client.NewInvitation
	var team client.Team
	var brand client.Place
	var key client.NewKey
	var user client.User
	name, backup := "renamed", filepath.Join(t.TempDir(), "copy")
	find := func(ctx context.Context, name string) (err error) {
		list, err := c.Users(ctx)
		for _, u := range list {
			if u.Name == name {
				user = u
			}
		}
		return err
	}
	return []step{
		{verb: "Access.SetUpLink", line: "set-up.link", do: func(ctx context.Context) (err error) { link, err = c.SetUpLink(ctx); return err }},
		{verb: "set up", line: "session.begin", do: func(ctx context.Context) error {
			_, err := ann.SetUp(ctx, client.NewUser{Token: link.Token, Name: "ann", Password: password})
			return err
		}},
		{verb: "Access.SetFourEyes", line: "four-eyes.change", do: func(ctx context.Context) error {
			_, err := c.SetFourEyes(ctx, client.FourEyesChange{Areas: []string{}})
			return err
		}},
		{verb: "Monitors.Create", line: "monitor.create", do: func(ctx context.Context) (err error) {
			monitor, err = ann.AddMonitor(ctx, client.MonitorDraft{Name: "tea", Query: "tea"})
			return err
		}},
		{verb: "Monitors.Change", line: "monitor.change", do: func(ctx context.Context) (err error) {
			monitor, err = c.ChangeMonitor(ctx, monitor.ID, client.MonitorChange{Version: monitor.Version, Name: &name})
			return err
		}},
		{verb: "Monitors.Pause", line: "monitor.pause", do: func(ctx context.Context) error { _, err := c.PauseMonitor(ctx, monitor.ID); return err }},
		{verb: "Monitors.Resume", line: "monitor.resume", do: func(ctx context.Context) error { _, err := c.ResumeMonitor(ctx, monitor.ID); return err }},
		{verb: "Monitors.CancelFill", line: "monitor.fill-cancel", do: func(ctx context.Context) error { return c.CancelFilling(ctx, monitor.ID) }},
		{verb: "Monitors.Fill", line: "monitor.fill", do: func(ctx context.Context) error {
			_, err := c.StartFilling(ctx, monitor.ID, time.Time{})
			return err
		}},
		{verb: "Alerts.SetRule", line: "alert.rule.set", do: func(ctx context.Context) error {
			rule, err := c.AlertRule(ctx, monitor.ID)
			if err == nil {
				_, err = c.SetAlertRule(ctx, monitor.ID, client.RuleChange{Version: rule.Version, Rule: rule.Rule})
			}
			return err
		}},
		{verb: "Incidents.Open", line: "incident.open", do: func(ctx context.Context) (err error) {
			incident, err = c.OpenIncident(ctx, client.IncidentDraft{Title: "Cold tea", Class: "act"})
			return err
		}},
		{verb: "Incidents.Change", line: "incident.change", do: func(ctx context.Context) (err error) {
			incident, err = c.ChangeIncident(ctx, incident.ID, client.IncidentChange{Version: incident.Version, Title: &name})
			return err
		}},
		{verb: "Incidents.Note", line: "incident.note", do: func(ctx context.Context) error {
			_, err := c.NoteIncident(ctx, incident.ID, "the kettle is off")
			return err
		}},
		{verb: "Incidents.PausePublishing", line: "publishing.pause", do: func(ctx context.Context) error { _, err := c.PausePublishing(ctx, 0); return err }},
		{verb: "Incidents.ResumePublishing", line: "publishing.resume", do: func(ctx context.Context) error { _, err := c.ResumePublishing(ctx, 0); return err }},
		{verb: "Monitors.ReplayDeadLetter", line: "monitor-letter.replay", fails: true, do: func(ctx context.Context) error { return c.ReplayMonitorLetter(ctx, 1) }},
		{verb: "Monitors.DismissDeadLetter", line: "monitor-letter.dismiss", fails: true, do: func(ctx context.Context) error { return c.DismissMonitorLetter(ctx, 1) }},
		{verb: "Imports.Import", line: "import.run", do: func(ctx context.Context) (err error) {
			file := `{"network":"bluesky","id":"1","text":"tea","published":"2026-11-01T10:00:00Z","author":{"id":"a"}}` + "\nnot a post\n"
			imported, err = c.Import(ctx, strings.NewReader(file), client.ImportOptions{Name: "posts.ndjson", Format: "ndjson", AcceptBad: true}, func(client.ImportProgress) {})
			return err
		}},
		{verb: "Posts.Export", line: "posts.export", do: func(ctx context.Context) error {
			body, err := c.Export(ctx, client.ExportRequest{Search: client.Search{Query: "tea"}})
			if err == nil {
				_, err = io.Copy(io.Discard, body)
				err = errors.Join(err, body.Close())
			}
			return err
		}},
		{verb: "Sources.RestoreDeadLetter", line: "dead-letter.restore", fails: true, do: func(ctx context.Context) error { return c.RestoreDeadLetter(ctx, 1) }},
		{verb: "Sources.DismissDeadLetter", line: "dead-letter.dismiss", fails: true, do: func(ctx context.Context) error { return c.DismissDeadLetter(ctx, 1) }},
		{verb: "Imports.Undo", line: "import.undo", do: func(ctx context.Context) error { _, err := c.UndoImport(ctx, imported.ID); return err }},
		{verb: "Uploads.Take", line: "upload.take", do: func(ctx context.Context) (err error) {
			upload, err = c.SendUpload(ctx, strings.NewReader(`{"network":"shop","id":"3","text":"tea","published":"2026-01-01T00:00:00Z","author":{"id":"a"}}`+"\n"), client.ImportOptions{Format: "ndjson"})
			return err
		}},
		{verb: "Uploads.Remove", line: "upload.remove", do: func(ctx context.Context) error { return c.RemoveUpload(ctx, upload.ID) }},
		{verb: "Sources.Add", line: "source.add", do: func(ctx context.Context) (err error) {
			source, err = c.AddSource(ctx, client.SourceDraft{Network: "feed", Settings: map[string]string{"url": "https://news.acme.example/feed"}})
			return err
		}},
		{verb: "Sources.Pause", line: "source.pause", do: func(ctx context.Context) (err error) { source, err = c.PauseSource(ctx, source.ID); return err }},
		{verb: "Sources.Change", line: "source.change", do: func(ctx context.Context) error {
			_, err := c.ChangeSource(ctx, source.ID, client.SourceChange{Version: source.Version, Name: &name})
			return err
		}},
		{verb: "Sources.Resume", line: "source.resume", do: func(ctx context.Context) error { _, err := c.ResumeSource(ctx, source.ID); return err }},
		{verb: "Outbox.Pause", line: "outbox.pause", do: func(ctx context.Context) error { return c.PauseOutbox(ctx) }},
		{verb: "Outbox.AddChannel", line: "channel.add", do: func(ctx context.Context) (err error) {
			channel, err = c.AddChannel(ctx, client.ChannelDraft{Kind: "webhook", Name: "tickets", Address: "https://hooks.acme.example/in"})
			return err
		}},
		{verb: "Outbox.ChangeChannel", line: "channel.change", do: func(ctx context.Context) (err error) {
			channel, err = c.ChangeChannel(ctx, channel.ID, client.ChannelChange{Version: channel.Version, Name: &name})
			return err
		}},
		{verb: "Outbox.RotateSecret", line: "channel.rotate", do: func(ctx context.Context) error { _, err := c.RotateSecret(ctx, channel.ID); return err }},
		{verb: "Outbox.TestChannel", line: "channel.test", do: func(ctx context.Context) error { _, err := c.TestChannel(ctx, channel.ID); return err }},
		{verb: "Outbox.Cancel", line: "dispatch.cancel", do: func(ctx context.Context) error {
			d, err := sent(ctx)
			if err == nil {
				_, err = c.CancelDispatch(ctx, d.ID)
			}
			return err
		}},
		{verb: "Outbox.Replay", line: "dispatch.replay", do: func(ctx context.Context) error {
			d, err := sent(ctx)
			if err == nil {
				_, err = c.ReplayDispatch(ctx, d.ID)
			}
			return err
		}},
		{verb: "Outbox.AddDevice", line: "device.add", do: func(ctx context.Context) (err error) {
			device, err = ann.AddDevice(ctx, client.DeviceDraft{Subscription: inventedSubscription})
			return err
		}},
		{verb: "Outbox.RenewDevice", line: "device.renew", do: func(ctx context.Context) error { _, err := ann.RenewDevice(ctx, inventedSubscription); return err }},
		{verb: "Outbox.TestDevice", line: "device.test", do: func(ctx context.Context) error { return ann.TestDevice(ctx, device.ID) }},
		{verb: "Outbox.RemoveDevice", line: "device.remove", do: func(ctx context.Context) error { return ann.RemoveDevice(ctx, device.ID) }},
		{verb: "Outbox.RemoveChannel", line: "channel.remove", do: func(ctx context.Context) error { return c.RemoveChannel(ctx, channel.ID) }},
		{verb: "Outbox.Resume", line: "outbox.resume", do: func(ctx context.Context) error { return c.ResumeOutbox(ctx) }},
		{verb: "Sources.Remove", line: "source.remove", do: func(ctx context.Context) error { return c.RemoveSource(ctx, source.ID) }},
		{verb: "Monitors.Create", line: "monitor.create", do: func(ctx context.Context) (err error) {
			rival, err = c.AddMonitor(ctx, client.MonitorDraft{Name: "coffee", Query: "coffee"})
			return err
		}},
		{verb: "Tags.Set", line: "tags.set", do: func(ctx context.Context) error {
			_, err := c.Tag(ctx, client.TagRequest{Posts: []client.PostKey{{Network: "demo", ID: "nothing"}}, TagChange: client.TagChange{Set: []string{"vip"}}})
			return err
		}},
		{verb: "Tags.Start", line: "tags.start", do: func(ctx context.Context) (err error) {
			tagged, err = c.StartTagRun(ctx, client.TagRunDraft{Search: client.Search{Query: "nothing"}, TagChange: client.TagChange{Set: []string{"vip"}}})
			return err
		}},
		{verb: "Tags.Steer", line: "tags.undo", do: func(ctx context.Context) error {
			_, err := c.SteerTagRun(ctx, tagged.ID, "undo")
			return err
		}},
		{verb: "Checks.Start", line: "check.start", do: func(ctx context.Context) (err error) {
			checked, err = c.StartCheck(ctx, client.CheckDraft{Monitor: rival.ID, Field: "sentiment"})
			return err
		}},
		{verb: "Checks.Answer", line: "check.answer", fails: true, do: func(ctx context.Context) error {
			_, err := c.AnswerCheck(ctx, checked.ID, client.CheckAnswer{Place: 1, Answer: "neutral"})
			return err
		}},
		{verb: "Calibrations.Fit", line: "calibration.fit", fails: true, do: func(ctx context.Context) error {
			_, err := c.FitCalibration(ctx)
			return err
		}},
		{verb: "Calibrations.Switch", line: "calibration.switch", do: func(ctx context.Context) error { return c.SwitchCalibration(ctx, 0) }},
		{verb: "Reanalyses.Start", line: "reanalysis.start", do: func(ctx context.Context) (err error) {
			judged, err = c.StartReanalysis(ctx, client.ReanalysisDraft{Search: client.Search{Query: "nothing"}})
			return err
		}},
		{verb: "Reanalyses.Steer", line: "reanalysis.undo", do: func(ctx context.Context) error {
			_, err := c.SteerReanalysis(ctx, judged.ID, "undo")
			return err
		}},
		{verb: "Rules.Create", line: "rule.create", do: func(ctx context.Context) (err error) {
			rule, err = c.AddRule(ctx, client.RuleDraft{Name: "vips", Query: "nothing", Tags: []string{"vip"}})
			return err
		}},
		{verb: "Rules.Change", line: "rule.change", do: func(ctx context.Context) error {
			_, err := c.ChangeRule(ctx, rule.ID, client.TagRuleChange{Version: rule.Version, RuleDraft: client.RuleDraft{Name: "vips", Query: "nobody", Tags: []string{"vip"}}})
			return err
		}},
		{verb: "Rules.Apply", line: "rule.apply", do: func(ctx context.Context) error {
			_, err := c.ApplyRule(ctx, rule.ID, client.RuleApplication{})
			return err
		}},
		{verb: "Rules.Remove", line: "rule.remove", do: func(ctx context.Context) error { return c.RemoveRule(ctx, rule.ID) }},
		{verb: "Lists.Create", line: "list.create", do: func(ctx context.Context) (err error) {
			list, err = c.AddList(ctx, client.ListDraft{Kind: "words", Name: "fruit", Text: "apple"})
			return err
		}},
		{verb: "Lists.Change", line: "list.change", do: func(ctx context.Context) error {
			_, err := c.ChangeList(ctx, list.ID, client.ListChange{Version: list.Version, Add: "pear"})
			return err
		}},
		{verb: "Lists.Remove", line: "list.remove", do: func(ctx context.Context) error { return c.RemoveList(ctx, list.ID) }},
		{verb: "Lists.Restore", line: "list.restore", do: func(ctx context.Context) error {
			_, err := c.RestoreList(ctx, list.ID)
			return err
		}},
		{verb: "Comparisons.Create", line: "comparison.create", do: func(ctx context.Context) (err error) {
			comparison, err = c.AddComparison(ctx, client.ComparisonDraft{Name: "hot drinks", Monitors: []int64{monitor.ID, rival.ID}})
			return err
		}},
		{verb: "Comparisons.Change", line: "comparison.change", do: func(ctx context.Context) error {
			_, err := c.ChangeComparison(ctx, comparison.ID, client.ComparisonChange{Version: comparison.Version, Monitors: []int64{rival.ID, monitor.ID}})
			return err
		}},
		{verb: "Comparisons.Remove", line: "comparison.remove", do: func(ctx context.Context) error { return c.RemoveComparison(ctx, comparison.ID) }},
		{verb: "Bots.Say", line: "account.say", do: func(ctx context.Context) error {
			return c.SayAutomation(ctx, client.SocialAccount{Network: "bluesky", Author: "@ann.example"}, "human")
		}},
		{verb: "Copies.Mute", line: "campaign.mute", do: func(ctx context.Context) error { return c.MuteCampaign(ctx, "1abc", true) }},
		{verb: "Copies.Own", line: "campaign.own", do: func(ctx context.Context) error {
			return c.OwnAccounts(ctx, client.OwnAccounts{Accounts: []client.CampaignAccount{{Network: "bluesky", Author: "@ann.example"}}})
		}},
		{verb: "Trusted.Add", line: "trusted.add", do: func(ctx context.Context) error {
			_, err := c.Trust(ctx, client.TrustedPerson{Network: "bluesky", Author: "@ann.example"})
			return err
		}},
		{verb: "Trusted.Remove", line: "trusted.remove", do: func(ctx context.Context) error { return c.Distrust(ctx, "bluesky", "@ann.example") }},
		{verb: "Monitors.Remove", line: "monitor.remove", do: func(ctx context.Context) error { return c.RemoveMonitor(ctx, monitor.ID) }},
		{verb: "Monitors.Restore", line: "monitor.restore", do: func(ctx context.Context) error { _, err := c.RestoreMonitor(ctx, monitor.ID); return err }},
		{verb: "Queue.PutSchedule", line: "schedule.put", do: func(ctx context.Context) error {
			_, err := c.PutSchedule(ctx, "nightly", client.ScheduleDraft{When: "daily 03:00", Kind: "backup", Args: []byte(`{"directory":"/backup","keep":7}`)})
			return err
		}},
		{verb: "Queue.RemoveSchedule", line: "schedule.remove", do: func(ctx context.Context) error { return c.RemoveSchedule(ctx, "nightly") }},
		{verb: "Queue.PauseSchedule", line: "schedule.pause", do: func(ctx context.Context) error { _, err := c.PauseSchedule(ctx, "purge-monitors"); return err }},
		{verb: "Queue.ResumeSchedule", line: "schedule.resume", do: func(ctx context.Context) error { _, err := c.ResumeSchedule(ctx, "purge-monitors"); return err }},
		{verb: "Queue.RunSchedule", line: "schedule.run", do: func(ctx context.Context) (err error) { job, err = c.RunSchedule(ctx, "purge-monitors"); return err }},
		{verb: "Queue.Drop", line: "job.drop", do: func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			for { // it has to end first
				err := c.DropJob(ctx, job.ID)
				if hearth.ErrorCode(err) != hearth.Conflict || ctx.Err() != nil {
					return err
				}
			}
		}},
		{verb: "Backups.Make", line: "backup.make", do: func(ctx context.Context) error {
			_, err := c.Backup(ctx, client.BackupRequest{Directory: backup}, func(client.BackupProgress) {})
			return err
		}},
		{verb: "Access.AddProvider", line: "provider.add", do: func(ctx context.Context) (err error) {
			provider, err = c.AddProvider(ctx, client.ProviderDraft{Name: "Acme", Issuer: "https://login.acme.example", ClientID: "hearth"})
			return err
		}},
		{verb: "Access.ChangeProvider", line: "provider.change", do: func(ctx context.Context) (err error) {
			provider.Name = "Acme login"
			provider, err = c.ChangeProvider(ctx, provider.ID, client.ProviderChange{Version: provider.Version, ProviderDraft: provider.ProviderDraft})
			return err
		}},
		{verb: "Access.RemoveProvider", line: "provider.remove", do: func(ctx context.Context) error { return c.RemoveProvider(ctx, provider.ID, provider.Version) }},
		{verb: "Access.SetPasswordSignIn", line: "provider.passwords", do: func(ctx context.Context) error { return c.SetPasswordSignIn(ctx, true) }},
		{verb: "Access.Invite", line: "invitation.add", do: func(ctx context.Context) (err error) {
			invited, err = ann.Invite(ctx, client.InvitationDraft{Role: "agent"})
			return err
		}},
		{verb: "accept", line: "session.begin", do: func(ctx context.Context) error {
			ben, err := client.New(c.Address(), client.Options{})
			if err == nil {
				_, err = ben.AcceptInvitation(ctx, client.NewUser{Token: invited.Link.Token, Name: "ben", Password: "two lamps by the door"})
			}
			return errors.Join(err, find(ctx, "ben"))
		}},
		{verb: "Access.ChangeRole", line: "user.role", do: func(ctx context.Context) (err error) {
			user, err = ann.ChangeRole(ctx, user.ID, user.Version, "lead")
			return err
		}},
		{verb: "Access.DisableUser", line: "user.disable", do: func(ctx context.Context) (err error) {
			user, err = ann.DisableUser(ctx, user.ID, user.Version)
			return err
		}},
		{verb: "Access.EnableUser", line: "user.enable", do: func(ctx context.Context) (err error) {
			user, err = ann.EnableUser(ctx, user.ID, user.Version)
			return err
		}},
		{verb: "Access.SignOutUser", line: "user.sign-out", do: func(ctx context.Context) error { return ann.SignOutUser(ctx, user.ID) }},
		{verb: "Access.ChangeAccount", line: "user.change", do: func(ctx context.Context) error {
			account, err := ann.Account(ctx)
			if err != nil {
				return err
			}
			return ann.ChangeAccount(ctx, account.Version, client.Profile{FullName: "Ann Example", Zone: "Europe/Helsinki"})
		}},
		{verb: "another invitation", line: "invitation.add", do: func(ctx context.Context) (err error) {
			invited, err = ann.Invite(ctx, client.InvitationDraft{Role: "viewer"})
			return err
		}},
		{verb: "Access.WithdrawInvitation", line: "invitation.withdraw", do: func(ctx context.Context) error { return ann.WithdrawInvitation(ctx, invited.Invitation.ID) }},
		{verb: "Access.AddTeam", line: "team.add", do: func(ctx context.Context) (err error) {
			team, err = ann.AddTeam(ctx, client.TeamDraft{Name: "Kettle", Members: []int64{user.ID}})
			return err
		}},
		{verb: "Access.ChangeTeam", line: "team.change", do: func(ctx context.Context) (err error) {
			team, err = ann.ChangeTeam(ctx, team.ID, client.TeamDraft{Version: team.Version, Name: "Pot"})
			return err
		}},
		{verb: "Access.RemoveTeam", line: "team.remove", do: func(ctx context.Context) error { return ann.RemoveTeam(ctx, team.ID) }},
		{verb: "Access.AddBrand", line: "brand.add", do: func(ctx context.Context) (err error) { brand, err = ann.AddBrand(ctx, "Lumen", 0); return err }},
		{verb: "Access.RenameBrand", line: "brand.rename", do: func(ctx context.Context) (err error) {
			brand, err = ann.RenameBrand(ctx, brand.ID, brand.Version, "Lumen Tea")
			return err
		}},
		{verb: "Access.MoveBrand", line: "brand.move", do: func(ctx context.Context) (err error) {
			brand, err = ann.MoveBrand(ctx, brand.ID, brand.Version, 0)
			return err
		}},
		{verb: "Access.ArchiveBrand", line: "brand.archive", do: func(ctx context.Context) (err error) {
			brand, err = ann.ArchiveBrand(ctx, brand.ID, brand.Version)
			return err
		}},
		{verb: "Access.RestoreBrand", line: "brand.restore", do: func(ctx context.Context) (err error) {
			brand, err = ann.RestoreBrand(ctx, brand.ID, brand.Version)
			return err
		}},
		{verb: "Access.AddKey", line: "key.add", do: func(ctx context.Context) (err error) {
			key, err = ann.AddKey(ctx, client.KeyDraft{Name: "reports", Scopes: []string{"posts.read"}})
			return err
		}},
		{verb: "Access.RevokeKey", line: "key.revoke", do: func(ctx context.Context) error { return ann.RevokeKey(ctx, key.Key.ID) }},
		{verb: "Access.AddWorkspace", line: "workspace.add", do: func(ctx context.Context) (err error) {
			_, err = ann.AddWorkspace(ctx, "Second")
			return err
		}},
		{verb: "Access.RenameWorkspace", line: "workspace.rename", do: func(ctx context.Context) (err error) {
			_, err = ann.RenameWorkspace(ctx, 1, "First")
			return err
		}},
		{verb: "Access.ExportAudit", line: "audit.export", do: func(ctx context.Context) error {
			return ann.ExportAudit(ctx, client.AuditSearch{}, "csv", io.Discard)
		}},
		{verb: "Access.Prove", line: "session.prove", do: func(ctx context.Context) error { return ann.Prove(ctx, password) }},
		{verb: "Access.EndOtherSessions", line: "session.end-others", do: func(ctx context.Context) error { return ann.EndOtherSessions(ctx) }},
		{verb: "Access.ResetLink", line: "user.reset-link", do: func(ctx context.Context) error {
			_, err := c.ResetLink(ctx, client.ResetRequest{Name: "ben"})
			return err
		}},
		{verb: "Access.ChangePassword", line: "user.password", do: func(ctx context.Context) error {
			return ann.ChangePassword(ctx, password, "three lamps by the sea")
		}},
		{verb: "Access.EndSession", line: "session.end", do: func(ctx context.Context) error {
			list, err := ann.Sessions(ctx)
			if err != nil || len(list) == 0 {
				return errors.Join(err, errors.New("there is no session"))
			}
			return ann.EndSession(ctx, list[0].ID)
		}},
	}
}
