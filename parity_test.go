package hearth_test

import (
	"context"
	"log/slog"
	"reflect"
	"slices"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/client"
	"hearth/server"
)

// routes says which operation of the API, and so which method of the client,
// lets a program do what a verb does. Several verbs may share one.
var routes = map[string]string{
	"Access.SetUpLink": "SetUpLink", "Access.ResetLink": "ResetLink", "Access.Users": "Users", "Access.ChangeRole": "ChangeRole",
	"Access.ChangeBrandRole": "ChangeBrandRole", "Access.DisableUser": "DisableUser", "Access.EnableUser": "EnableUser",
	"Access.Invite": "Invite", "Access.Invitations": "Invitations", "Access.WithdrawInvitation": "WithdrawInvitation", "Access.JoinWorkspace": "JoinWorkspace",
	"Access.Teams": "Teams", "Access.AddTeam": "AddTeam", "Access.ChangeTeam": "ChangeTeam", "Access.RemoveTeam": "RemoveTeam",
	"Access.Workspaces": "Workspaces", "Access.AddWorkspace": "AddWorkspace", "Access.RenameWorkspace": "RenameWorkspace",
	"Access.ArchiveWorkspace": "ArchiveWorkspace", "Access.RestoreWorkspace": "RestoreWorkspace", "Access.EnterWorkspace": "EnterWorkspace",
	"Access.Brands": "Brands", "Access.AddBrand": "AddBrand", "Access.RenameBrand": "RenameBrand", "Access.MoveBrand": "MoveBrand", "Access.ArchiveBrand": "ArchiveBrand", "Access.RestoreBrand": "RestoreBrand",
	"Access.Keys": "Keys", "Access.AddKey": "AddKey", "Access.RevokeKey": "RevokeKey",
	"Access.AuditLog": "AuditLog", "Access.ExportAudit": "ExportAudit", "Access.VerifyAudit": "VerifyAudit", "Access.AuditChoices": "AuditChoices",
	"Access.FourEyes": "FourEyes", "Access.SetFourEyes": "SetFourEyes", "Access.Approvals": "Approvals", "Access.Approval": "Approval", "Access.Approve": "Approve",
	"Access.RefuseApproval": "RefuseApproval", "Access.WithdrawApproval": "WithdrawApproval", "Access.ExplainApproval": "ExplainApproval",
	"Access.Account": "Account", "Access.ChangeAccount": "ChangeAccount", "Access.SignOutUser": "SignOutUser", "Access.Sessions": "Sessions", "Access.EndSession": "EndSession", "Access.EndOtherSessions": "EndOtherSessions",
	"Access.Prove": "Prove", "Access.ChangePassword": "ChangePassword", "Access.BeginAuthenticator": "BeginAuthenticator", "Access.EnableAuthenticator": "EnableAuthenticator", "Access.DisableAuthenticator": "DisableAuthenticator",
	"Access.Passkeys": "Passkeys", "Access.BeginPasskey": "BeginPasskey", "Access.AddPasskey": "AddPasskey", "Access.RenamePasskey": "RenamePasskey", "Access.RemovePasskey": "RemovePasskey", "Access.BeginProof": "BeginProof", "Access.ProveByPasskey": "ProveByPasskey",
	"Access.Providers": "Providers", "Access.AddProvider": "AddProvider", "Access.ChangeProvider": "ChangeProvider", "Access.RemoveProvider": "RemoveProvider", "Access.TryProvider": "TryProvider",
	"Access.PasswordSignIn": "PasswordSignIn", "Access.SetPasswordSignIn": "SetPasswordSignIn", "Access.Identities": "Identities", "Access.RemoveIdentity": "RemoveIdentity",

	"Sources.Add": "AddSource", "Sources.Change": "ChangeSource", "Sources.Pause": "PauseSource", "Sources.Resume": "ResumeSource",
	"Sources.Remove": "RemoveSource", "Sources.Get": "Source", "Sources.List": "Sources", "Sources.Status": "Sources", "Sources.StatusOf": "Source", "Sources.RotateCallback": "RotateCallback", "Sources.Window": "Status",
	"Sources.Hosts":       "Hosts",
	"Sources.DeadLetters": "DeadLetters", "Sources.DismissDeadLetter": "DismissDeadLetter", "Sources.ReplayDeadLetter": "ReplayDeadLetter", "Sources.RestoreDeadLetter": "RestoreDeadLetter",
	"Sources.LetterErrors": "LetterErrors", "LetterRuns.Start": "StartLetterRun", "LetterRuns.List": "LetterRuns",

	"Uploads.Take": "SendUpload", "Uploads.List": "Uploads", "Uploads.Get": "Upload", "Uploads.Bring": "ImportUpload", "Uploads.Remove": "RemoveUpload",
	"Imports.Import": "Import", "Imports.Get": "Imported", "Imports.List": "Imports", "Imports.Undo": "UndoImport",

	"Monitors.Create": "AddMonitor", "Monitors.Change": "ChangeMonitor", "Monitors.Pause": "PauseMonitor", "Monitors.Resume": "ResumeMonitor",
	"Monitors.Remove": "RemoveMonitor", "Monitors.Restore": "RestoreMonitor", "Monitors.Get": "Monitor", "Monitors.List": "Monitors",
	"Monitors.Removed": "RemovedMonitors", "Monitors.Summaries": "Monitors", "Monitors.Versions": "MonitorVersions",
	"Monitors.Mentions": "Mentions", "Monitors.Count": "CountMentions", "Monitors.Preview": "PreviewMonitor", "Monitors.Follow": "Follow",
	"Monitors.Filling": "Filling", "Monitors.CancelFill": "CancelFilling", "Monitors.Fill": "StartFilling",
	"Monitors.PreviewChange": "PreviewChange", "Monitors.Effect": "DiffMonitor",
	"Monitors.EstimateFill": "EstimateFilling", "Monitors.PauseFill": "PauseFilling", "Monitors.ResumeFill": "ResumeFilling",

	"Backups.Make":         "Backup",
	"Monitors.DeadLetters": "MonitorLetters", "Monitors.ReplayDeadLetter": "ReplayMonitorLetter", "Monitors.DismissDeadLetter": "DismissMonitorLetter",

	"Queue.List": "Jobs", "Queue.Get": "Job", "Queue.Cancel": "CancelJob", "Queue.Retry": "RetryJob", "Queue.Drop": "DropJob",
	"Queue.Schedules": "Schedules", "Queue.PutSchedule": "PutSchedule", "Queue.RemoveSchedule": "RemoveSchedule", "Queue.PauseSchedule": "PauseSchedule", "Queue.ResumeSchedule": "ResumeSchedule", "Queue.RunSchedule": "RunSchedule",

	"Alerts.List": "Alerts", "Alerts.Precision": "Alerts", "Alerts.Get": "Alert", "Alerts.Samples": "AlertSamples", "Alerts.Vote": "VoteAlert", "Alerts.Rule": "AlertRule",
	"Alerts.SetRule": "SetAlertRule", "Alerts.Timeline": "AlertTimeline", "Alerts.Notices": "Notices", "Alerts.ReadNotices": "ReadNotices",
	"Incidents.List": "Incidents", "Incidents.Get": "Incident", "Incidents.Open": "OpenIncident", "Incidents.Change": "ChangeIncident",
	"Incidents.Note": "NoteIncident", "Incidents.Mark": "MarkIncident", "Incidents.Forecast": "ForecastIncident", "Incidents.Runbooks": "Runbooks",
	"Incidents.Publishing": "Publishing", "Incidents.PausePublishing": "PausePublishing", "Incidents.ResumePublishing": "ResumePublishing",

	"Outbox.Channels": "Channels", "Outbox.Channel": "Channel", "Outbox.AddChannel": "AddChannel", "Outbox.ChangeChannel": "ChangeChannel",
	"Outbox.RemoveChannel": "RemoveChannel", "Outbox.RotateSecret": "RotateSecret", "Outbox.TestChannel": "TestChannel", "Outbox.TestMessage": "TestMessage", "Outbox.PushKey": "PushKey",
	"Outbox.Overview": "Outbox", "Outbox.Devices": "Devices", "Outbox.AddDevice": "AddDevice", "Outbox.RenewDevice": "RenewDevice", "Outbox.RemoveDevice": "RemoveDevice", "Outbox.TestDevice": "TestDevice",
	"Outbox.Dispatches": "Dispatches", "Outbox.Dispatch": "Dispatch", "Outbox.Replay": "ReplayDispatch", "Outbox.Cancel": "CancelDispatch",
	"Outbox.Settle": "SettleDispatch", "Outbox.SettleMany": "SettleDispatches", "Outbox.Pause": "PauseOutbox", "Outbox.Resume": "ResumeOutbox",

	"Posts.Search": "Search", "Posts.Get": "Post", "Posts.See": "Post", "Posts.History": "PostHistory", "Posts.Count": "Count", "Posts.Facets": "Facets", "Posts.Export": "Export",

	"Charts.Series": "Series", "Charts.Tops": "Tops", "Charts.Audience": "Audience", "Charts.Voices": "Voices",
	"Comparisons.Create": "AddComparison", "Comparisons.Change": "ChangeComparison", "Comparisons.Remove": "RemoveComparison",
	"Comparisons.Get": "Comparison", "Comparisons.List": "Comparisons", "Comparisons.Compare": "Compare",
	"Lists.List": "Lists", "Lists.Removed": "RemovedLists", "Lists.Get": "List", "Lists.Create": "AddList", "Lists.Change": "ChangeList", "Lists.Remove": "RemoveList", "Lists.Restore": "RestoreList",
	"Tags.Set": "Tag", "Tags.Start": "StartTagRun", "Tags.Runs": "TagRuns", "Tags.Get": "TagRun", "Tags.Steer": "SteerTagRun", "Tags.Said": "Annotations",
	"Calibrations.List": "Calibrations", "Calibrations.Fit": "FitCalibration", "Calibrations.Switch": "SwitchCalibration",
	"Reanalyses.List": "Reanalyses", "Reanalyses.Get": "Reanalysis", "Reanalyses.Start": "StartReanalysis", "Reanalyses.Try": "TryReanalysis", "Reanalyses.Steer": "SteerReanalysis", "Reanalyses.Models": "Models",
	"Checks.Start": "StartCheck", "Checks.Get": "Check", "Checks.Answer": "AnswerCheck", "Checks.Accuracy": "Accuracy",
	"Rules.List": "Rules", "Rules.Create": "AddRule", "Rules.Change": "ChangeRule", "Rules.Remove": "RemoveRule", "Rules.Try": "TryRule", "Rules.Apply": "ApplyRule",
	"Bots.Of": "Automations", "Bots.Say": "SayAutomation",
	"Copies.Of": "Copies", "Copies.Search": "Collapsed", "Copies.Count": "Distinct", "Copies.Campaigns": "Campaigns", "Copies.Mute": "MuteCampaign", "Copies.Own": "OwnAccounts",
	"Topics.List": "Topics", "Topics.Names": "TopicNames", "Topics.Get": "Topic", "Topics.Posts": "TopicPosts", "Topics.Said": "Said", "Topics.Change": "ChangeTopic", "Topics.Merge": "MergeTopics", "Topics.Split": "SplitTopic",
	"Trusted.List": "TrustedPeople", "Trusted.Add": "Trust", "Trusted.Remove": "Distrust",
}

// local is the verbs that need no server: a client does them in its own
// process.
var local = []string{"Imports.Check"}

// TestEveryVerbHasARouteAClientMethodAndAPermission is the promise that the API
// is complete, kept by a test.
func TestEveryVerbHasARouteAClientMethodAndAPermission(t *testing.T) {
	t.Parallel()
	settings, _, err := server.Load(map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Build(t.Context(), server.Config{Settings: settings, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	operations := map[string]bool{}
	for _, path := range s.OpenAPI().Paths {
		for _, op := range []any{path.Get, path.Post, path.Patch, path.Put, path.Delete} {
			if v := reflect.ValueOf(op); !v.IsNil() {
				operations[v.Elem().FieldByName("OperationID").String()] = true
			}
		}
	}
	methods := reflect.TypeFor[*client.Client]()
	verbs := 0
	for _, capability := range s.Capabilities() {
		v := reflect.ValueOf(capability)
		for i := range v.NumMethod() {
			name := v.Type().Elem().Name() + "." + v.Type().Method(i).Name
			if !isVerb(v.Method(i).Type()) {
				continue
			}
			verbs++
			if code := refused(v.Method(i)); code != hearth.Denied {
				t.Errorf("%s: an actor without permissions gets %q", name, code)
			}
			if slices.Contains(local, name) {
				continue
			}
			method := routes[name]
			if method == "" {
				t.Errorf("the verb %s has no route; add one to api, a method to client, and both here", name)
				continue
			}
			if _, ok := methods.MethodByName(method); !ok {
				t.Errorf("%s: the client has no method %s", name, method)
			}
			if !operations[kebab(method)] {
				t.Errorf("%s: the API has no operation %s", name, kebab(method))
			}
		}
	}
	if verbs < 30 {
		t.Fatalf("only %d verbs were found: the test does not see the capabilities", verbs)
	}
}

// isVerb says whether a method takes (ctx, actor, …) and can fail.
func isVerb(f reflect.Type) bool {
	return f.NumIn() >= 2 && f.In(0) == reflect.TypeFor[context.Context]() && f.In(1) == reflect.TypeFor[access.Actor]() &&
		f.NumOut() > 0 && f.Out(f.NumOut()-1) == reflect.TypeFor[error]()
}

// refused calls a verb for an actor of the workspace who may do nothing.
func refused(f reflect.Value) hearth.Code {
	in := []reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(access.Limited(hearth.DefaultWorkspace, 7))}
	for i := 2; i < f.Type().NumIn(); i++ {
		in = append(in, reflect.Zero(f.Type().In(i)))
	}
	out := f.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return hearth.ErrorCode(err)
}

// kebab writes AddMonitor as add-monitor.
func kebab(name string) string {
	var b []byte
	for i, c := range []byte(name) {
		if 'A' <= c && c <= 'Z' {
			if i > 0 {
				b = append(b, '-')
			}
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b)
}
