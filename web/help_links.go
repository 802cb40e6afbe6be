package web

import (
	"strings"

	"hearth/manual"
)

// helpLinks say which chapter of the manual tells of a page: the longest
// beginning of its address decides. Whoever adds a place to the rail adds its
// line here; a test compares, and looks whether the headings are there.
var helpLinks = map[string]string{
	"/":             "pages#home",
	"/mentions":     "pages#mentions",
	"/post":         "pages#mentions",
	"/monitors":     "pages#monitors",
	"/monitors/new": "query#tutorial",
	"/lists":        "tags",
	"/lists/rules":  "tags#rules",
	"/wall":         "pages#the-wall",
	"/compare":      "numbers#compare-share-of-voice-and-sentiment",
	"/topics":       "topics",
	"/voices":       "numbers#voices-who-is-listened-to",
	"/audience":     "numbers#audience",
	"/campaigns":    "pages",
	"/sources":      "sources",
	"/status":       "operating#watching",
	"/alerts":       "alerts",
	"/incidents":    "alerts#incidents",
	"/watching":     "alerts#how-a-monitor-is-watched",
	"/notices":      "alerts#where-they-go",

	"/settings/channels":   "webhooks#sending-events-to-your-own-programs",
	"/settings/dispatches": "webhooks#sending-events-to-your-own-programs",

	"/settings/account":   "access#signing-in",
	"/settings/team":      "access#inviting-people",
	"/settings/teams":     "access#inviting-people",
	"/settings/roles":     "access#roles",
	"/settings/keys":      "access#api-keys",
	"/settings/workspace": "access#workspaces-and-brands",
	"/settings/audit":     "access#the-audit-log",
	"/settings/approvals": "access#four-eyes",
	"/settings/sign-in":   "access#single-sign-on",

	"/settings/models":     "models",
	"/settings/reanalysis": "models#re-analysis",

	"/settings":      "access",
	"/settings/data": "operating#backup-restore-upgrade",
	"/settings/jobs": "operating#jobs-and-schedules",
	"/style":         "pages",
	"/api/docs":      "access#api-keys",
	"/help":          "pages#the-keys",
	"/palette":       "pages#the-keys",
}

// helpFor is where the manual tells of the page at a path; "" where it is the
// manual itself.
func helpFor(path string) string {
	best := ""
	for page := range helpLinks {
		if (path == page || strings.HasPrefix(path, page+"/")) && len(page) > len(best) {
			best = page
		}
	}
	if to := helpLinks[best]; to != "" {
		return manual.Home + "/" + to
	}
	return manual.Home
}
