package web

import (
	"net/http"
	"time"

	"hearth/access"
)

// Class says how much a route may take of the server.
type Class string

const (
	Read   Class = "read"   // a page or a part of one
	Heavy  Class = "heavy"  // looks at many posts: few at once
	Write  Class = "write"  // changes something; never by GET
	Stream Class = "stream" // stays open
)

// Route is one way in and what holds for it.
type Route struct {
	Method, Path string
	Needs        []access.Permission // what the verbs behind it ask for; nil: nothing
	Class        Class
	Body         int64         // the largest body, in bytes
	Deadline     time.Duration // 0: none, of a stream
	handle       func(*Web, *visit) error

	Open bool // a door: no credential is needed, what is sent is one
}

const (
	pageTime = 15 * time.Second
	formSize = 64 << 10
)

func page(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	return Route{http.MethodGet, path, needs, Read, 0, pageTime, handle, false}
}

func heavy(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	return Route{http.MethodGet, path, needs, Heavy, 0, pageTime, handle, false}
}

func form(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	return Route{http.MethodPost, path, needs, Write, formSize, pageTime, handle, false}
}

func stream(path string, handle func(*Web, *visit) error, needs ...access.Permission) Route {
	return Route{http.MethodGet, path, needs, Stream, 0, 0, handle, false}
}

// opening is a page or a form before the house.
func opening(r Route) Route {
	r.Open = true
	return r
}

// Routes is every way in. Add a page here, and to the rail in nav.go.
func Routes() []Route {
	return []Route{
		page("/{$}", (*Web).home),
		heavy("/home/rising", (*Web).rising, access.ReadPosts, access.ReadMonitors),
		page("/mentions", (*Web).mentions, access.ReadPosts, access.ReadMonitors),
		heavy("/mentions/figures", (*Web).mentionFigures, access.ReadPosts, access.ReadMonitors),
		heavy("/mentions/facets", (*Web).mentionFacets, access.ReadPosts),
		stream("/mentions/live", (*Web).mentionsLive, access.ReadPosts),
		stream("/mentions/export.csv", (*Web).mentionsExport, access.ReadPosts),
		stream("/mentions/export.ndjson", (*Web).mentionsExport, access.ReadPosts),
		page("/post", (*Web).post, access.ReadPosts, access.ReadMonitors),
		page("/monitors", (*Web).monitors, access.ReadMonitors),
		page("/monitors/new", (*Web).newMonitor, access.ReadMonitors),
		heavy("/monitors/preview", (*Web).previewMonitor, access.ReadMonitors, access.ReadPosts),
		page("/monitors/{id}", (*Web).monitor, access.ReadMonitors),
		heavy("/monitors/{id}/diff", (*Web).monitorDiff, access.ReadMonitors, access.ReadPosts),
		heavy("/monitors/{id}/estimate", (*Web).estimate, access.ReadMonitors, access.ReadPosts),
		heavy("/monitors/{id}/accuracy", (*Web).accuracy, access.ReadMonitors, access.ReadPosts),
		form("/monitors/{id}/accuracy", (*Web).startCheck, access.TagPosts, access.ReadPosts),
		form("/monitors/{id}/accuracy/answer", (*Web).answerCheck, access.TagPosts, access.ReadPosts),
		form("/monitors/{id}/fill", (*Web).steerFill, access.WriteMonitors),
		form("/monitors/save", (*Web).saveMonitor, access.WriteMonitors),
		form("/monitors/act", (*Web).actOnMonitors, access.WriteMonitors),
		page("/lists", (*Web).lists, access.ReadMonitors),
		form("/lists", (*Web).saveList, access.WriteMonitors),
		page("/lists/new", (*Web).newList, access.ReadMonitors),
		page("/lists/{id}", (*Web).list, access.ReadMonitors),
		form("/lists/{id}", (*Web).saveList, access.WriteMonitors),
		form("/lists/runs", (*Web).steerRun, access.TagPosts),
		page("/lists/rules/new", (*Web).newTagRule, access.ReadMonitors),
		page("/lists/rules/{id}", (*Web).tagRule, access.ReadMonitors),
		form("/lists/rules", (*Web).saveTagRule, access.WriteMonitors, access.ReadPosts),
		form("/lists/rules/{id}", (*Web).saveTagRule, access.WriteMonitors, access.ReadPosts),
		form("/mentions/tag", (*Web).tagMany, access.TagPosts, access.ReadPosts),
		form(correctPath, (*Web).correctPost, access.TagPosts, access.ReadPosts),
		form(automationPath, (*Web).sayAutomation, access.TagPosts, access.ReadPosts),
		form("/post/tags", (*Web).tagPost, access.TagPosts),
		page("/notices", (*Web).notices, access.ReadAlerts),
		form("/notices/read", (*Web).readNotices, access.ReadAlerts),
		stream("/notices/live", (*Web).noticesLive, access.ReadAlerts),
		page("/alerts", (*Web).alerts, access.ReadAlerts, access.ReadMonitors),
		page("/watching", (*Web).rules, access.ReadAlerts, access.ReadMonitors),
		page("/watching/{id}", (*Web).rule, access.ReadAlerts, access.ReadMonitors),
		form("/watching/{id}", (*Web).saveRule, access.WriteAlerts, access.ReadMonitors),
		page("/alerts/{id}", (*Web).alert, access.ReadAlerts, access.ReadMonitors, access.ReadPosts),
		form("/alerts/{id}/vote", (*Web).voteAlert, access.ReadAlerts),
		form("/alerts/{id}/incident", (*Web).openIncident, access.WriteAlerts, access.ReadMonitors),
		page("/incidents", (*Web).incidents, access.ReadAlerts, access.ReadMonitors),
		form("/incidents", (*Web).addIncident, access.WriteAlerts, access.ReadMonitors),
		page("/incidents/{id}", (*Web).incident, access.ReadAlerts, access.ReadMonitors),
		stream("/incidents/{id}/live", (*Web).incidentLive, access.ReadAlerts, access.ReadMonitors),
		form("/incidents/{id}", (*Web).changeIncident, access.WriteAlerts, access.ReadMonitors),
		form("/incidents/{id}/notes", (*Web).noteIncident, access.WriteAlerts, access.ReadMonitors),
		form("/incidents/{id}/steps", (*Web).markStep, access.WriteAlerts),
		form("/publishing", (*Web).holdPublishing, access.WriteAlerts),
		page("/compare", (*Web).compare, access.ReadMonitors),
		form("/compare/save", (*Web).saveComparison, access.WriteMonitors),
		page("/wall", (*Web).wall, access.ReadPosts, access.ReadMonitors),
		stream("/wall/live", (*Web).wallLive, access.ReadPosts, access.ReadMonitors),
		page("/topics", (*Web).topics, access.ReadPosts, access.ReadMonitors),
		heavy("/topics/list", (*Web).topicList, access.ReadPosts, access.ReadMonitors),
		heavy("/topics/said", (*Web).topicSaid, access.ReadPosts, access.ReadMonitors),
		heavy("/topics/{id}", (*Web).oneTopic, access.ReadPosts, access.ReadMonitors),
		form("/topics/{id}", (*Web).changeTopic, access.WriteMonitors, access.ReadPosts, access.ReadMonitors),
		page("/voices", (*Web).voices, access.ReadMonitors),
		heavy("/voices/ranking", (*Web).voicesRanking, access.ReadPosts, access.ReadMonitors),
		form("/voices/trust", (*Web).trust, access.WriteMonitors),
		page("/copies", (*Web).copies, access.ReadPosts),
		page("/campaigns", (*Web).campaigns, access.ReadMonitors),
		heavy("/campaigns/list", (*Web).campaignsList, access.ReadPosts, access.ReadMonitors),
		heavy("/campaigns/{id}", (*Web).campaign, access.ReadPosts, access.ReadMonitors),
		form("/campaigns/{id}", (*Web).actOnCampaign, access.WriteMonitors, access.ReadPosts, access.ReadMonitors),
		page("/audience", (*Web).audience, access.ReadMonitors),
		page("/sources", (*Web).sources, access.ReadSources),
		page("/sources/new", (*Web).newSource, access.ReadSources),
		page("/sources/{id}", (*Web).source, access.ReadSources),
		form("/sources/save", (*Web).saveSource, access.WriteSources),
		form("/sources/act", (*Web).actOnSource, access.WriteSources),
		form("/sources/{id}/letters", (*Web).actOnLetter, access.WriteSources),
		page("/query/look", (*Web).lookAtQuery, access.ReadMonitors),
		page("/help", (*Web).help),
		page("/help/{chapter}", (*Web).helpChapter),
		page("/api/docs", (*Web).referenceIndex),
		page("/api/docs/{group}", (*Web).referenceGroup),
		page("/palette", (*Web).palette),
		page("/settings", (*Web).settings),
		page("/settings/channels", (*Web).channels, access.ReadChannels, access.ReadMonitors),
		form("/settings/channels", (*Web).addChannel, access.WriteChannels, access.ReadChannels, access.ReadMonitors),
		form("/settings/channels/outbox", (*Web).holdOutbox, access.WriteChannels),
		page("/settings/channels/unknown", (*Web).unknown, access.ReadChannels),
		form("/settings/channels/unknown", (*Web).settleUnknown, access.WriteChannels, access.ReadChannels),
		page("/settings/channels/{id}", (*Web).channel, access.ReadChannels, access.ReadMonitors),
		form("/settings/channels/{id}", (*Web).saveChannel, access.WriteChannels, access.ReadChannels, access.ReadMonitors),
		form("/settings/channels/{id}/act", (*Web).actOnChannel, access.WriteChannels, access.ReadChannels, access.ReadMonitors),
		page("/settings/dispatches/{id}", (*Web).dispatch, access.ReadChannels),
		form("/settings/dispatches/{id}", (*Web).actOnDispatch, access.WriteChannels),
		page("/settings/jobs", (*Web).jobs, access.ReadOperations),
		form("/settings/jobs", (*Web).actOnJobs, access.WriteOperations),
		page(modelsPath, (*Web).models, access.ReadMonitors),
		longForm(modelsPath, (*Web).teach, access.WriteMonitors),
		page(modelsPath+"/{name}", (*Web).model, access.ReadMonitors),
		page(againPath, (*Web).reanalyses, access.ReadMonitors),
		form(againPath, (*Web).startReanalysis, access.WriteMonitors),
		heavy(againPath+"/try", (*Web).tryReanalysis, access.WriteMonitors),
		page(againPath+"/{id}", (*Web).reanalysis, access.ReadMonitors),
		form(againPath+"/{id}", (*Web).steerReanalysis, access.WriteMonitors),
		page("/settings/data", (*Web).data, access.ReadOperations),
		form("/settings/data/backup", (*Web).makeBackups, access.WriteOperations),
		upload("/settings/data/upload", (*Web).takeUpload, access.WritePosts),
		page("/settings/data/imports/{id}", (*Web).imported, access.ReadPosts),
		longForm("/settings/data/imports/{id}", (*Web).actOnImport, access.WritePosts),
		page("/status", (*Web).status, access.ReadOperations),
		page("/status.json", (*Web).statusJSON, access.ReadOperations),
		page("/style", (*Web).style),
		form("/tour/end", (*Web).endTour),
		form("/look", (*Web).changeLook),
		page("/prove", (*Web).prove),
		form("/prove", (*Web).takeProof),
		form("/workspaces/enter", (*Web).enterWorkspace),
		form("/brands/enter", (*Web).enterBrand, access.ReadBrands),
		form("/join", (*Web).join),
		page("/settings/account", (*Web).accountPage),
		form("/settings/account", (*Web).saveAccount),
		form("/settings/account/password", (*Web).changePassword),
		form("/settings/account/app", (*Web).setUpApp),
		form("/settings/account/app/on", (*Web).appOn),
		form("/settings/account/app/off", (*Web).appOff),
		form("/settings/account/sessions", (*Web).endSessions),
		page(teamPath, (*Web).team, access.ReadUsers),
		page(teamPath+"/invite", (*Web).newInvitation, access.WriteUsers),
		form(teamPath+"/invite", (*Web).invite, access.WriteUsers),
		form(teamPath+"/withdraw", (*Web).withdrawInvitation, access.WriteUsers),
		page(teamPath+"/{id}", (*Web).member, access.ReadUsers),
		form(teamPath+"/{id}", (*Web).changeMember, access.WriteUsers),
		page(teamsPath+"/{id}", (*Web).oneTeam, access.ReadUsers),
		form(teamsPath, (*Web).saveTeam, access.WriteUsers),
		page("/settings/roles", (*Web).roles),
		page(keysPath, (*Web).keys, access.ReadKeys),
		page(keysPath+"/new", (*Web).newKey, access.WriteKeys),
		form(keysPath, (*Web).addKey, access.WriteKeys),
		form(keysPath+"/revoke", (*Web).revokeKey, access.WriteKeys),
		page(workspacePath, (*Web).workspace, access.ReadBrands),
		form(workspacePath, (*Web).changeWorkspace, access.WriteWorkspaces),
		form(workspacePath+"/brands", (*Web).changeBrand, access.WriteBrands),
		page(auditPath, (*Web).auditLog, access.ReadAudit),
		heavy(auditPath+"/chain", (*Web).auditChain, access.ReadAudit),
		stream(auditPath+"/export.csv", (*Web).exportAudit, access.ReadAudit),
		stream(auditPath+"/export.ndjson", (*Web).exportAudit, access.ReadAudit),
		page(approvalsPath, (*Web).approvals, access.ReadApprovals),
		form(approvalsPath, (*Web).setFourEyes, access.WriteWorkspaces, access.ReadApprovals),
		page(approvalsPath+"/{id}", (*Web).approval, access.ReadApprovals),
		form(approvalsPath+"/{id}", (*Web).actOnApproval, access.ReadApprovals),
		form("/settings/account/devices", (*Web).addDevice, access.ReadAlerts),
		form("/settings/account/devices/act", (*Web).actOnDevice),
		form("/settings/account/devices/renew", (*Web).renewDevice),
		opening(page("/worker.js", (*Web).worker)),
		opening(page("/offline", (*Web).offline)),
		page(providersPath, (*Web).providers, access.WriteProviders),
		form(providersPath, (*Web).saveProvider, access.WriteProviders),
		form(providersPath+"/passwords", (*Web).setPasswords, access.WriteProviders),
		page(providersPath+"/new", (*Web).newProvider, access.WriteProviders),
		page(providersPath+"/{id}", (*Web).provider, access.WriteProviders),
		form(providersPath+"/{id}", (*Web).saveProvider, access.WriteProviders),
		form(providersPath+"/{id}/act", (*Web).actOnProvider, access.WriteProviders),
		form("/settings/account/identities", (*Web).connect),
		form("/settings/account/identities/remove", (*Web).disconnect),
		form("/prove/provider", (*Web).proveAtProvider),
		opening(form("/sign-in/provider", (*Web).toProvider)),
		opening(page("/sign-in/provider/back", (*Web).fromProvider)),
		form("/settings/account/passkeys", (*Web).beginPasskey),
		form("/settings/account/passkeys/add", (*Web).addPasskey),
		form("/settings/account/passkeys/rename", (*Web).renamePasskey),
		form("/settings/account/passkeys/remove", (*Web).removePasskey),
		opening(page("/sign-in", (*Web).signIn)),
		opening(form("/sign-in", (*Web).takeSignIn)),
		opening(form("/sign-in/passkey", (*Web).takePasskey)),
		opening(form("/second", (*Web).takeSecond)),
		opening(form("/sign-out", (*Web).signOut)),
		opening(page("/set-up/{token}", (*Web).setUp)),
		opening(form("/set-up", (*Web).takeSetUp)),
		opening(page("/invitation/{token}", (*Web).invitation)),
		opening(form("/invitation", (*Web).takeInvitation)),
		opening(page("/reset/{token}", (*Web).reset)),
		opening(form("/reset", (*Web).takeReset)),
	}
}
