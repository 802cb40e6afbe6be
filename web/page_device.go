package web

import (
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/outbox"
)

// devicePart is the browsers in which somebody is told: the part "devices" of
// their account, and "tell" of the notices.
type devicePart struct {
	Key     string // that a browser subscribes with; "": none can
	Back    string // the page that the forms stand on
	Classes []choice
	List    []deviceRow
	Here    bool // this browser tells already
	Trouble string
}

// deviceRow is one of them.
type deviceRow struct {
	ID            int64
	Name, Service string
	Class         string
	Here          bool
	Created       moment
}

// deviceDone are the words of what was done with a device.
var deviceDone = []string{"device", "device-out", "device-test"}

// deviceClasses are the levels from which on a device tells.
var deviceClasses = []string{"", "act", "all-hands"}

// devices reads the browsers that tell whoever looks; nil for who is nobody by
// name.
func (v *visit) devices(back, trouble string) (*devicePart, error) {
	if v.account.User == 0 || v.web.o.Outbox == nil || !v.by.May(access.ReadAlerts) { // a device tells of the whole workspace
		return nil, nil
	}
	key, err := v.web.o.Outbox.PushKey(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	list, err := v.web.o.Outbox.Devices(v.ctx(), v.by)
	if err != nil {
		return nil, err
	}
	p := &devicePart{Key: key, Back: back, Trouble: trouble}
	for _, class := range deviceClasses {
		p.Classes = append(p.Classes, choice{class, v.name("device-class", "from-"+class), class == ""})
	}
	for _, d := range list {
		p.List = append(p.List, deviceRow{
			ID: int64(d.ID), Name: v.browser(d.Name), Service: shorten(100, d.Service), Class: v.name("device-class", "from-"+d.Class), Here: d.Here, Created: v.when(d.Created),
		})
		p.Here = p.Here || d.Here
	}
	return p, nil
}

// deviceBack is the page that a form about a device came from.
func deviceBack(back, did string) string {
	if back == "/notices" {
		return "/notices?did=" + did
	}
	return accountPath + "?did=" + did + "#devices"
}

// addDevice lets the browser tell whoever is signed in with it.
func (web *Web) addDevice(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	_, err = web.o.Outbox.AddDevice(v.ctx(), v.by, outbox.DeviceDraft{
		Subscription: form.Get("subscription"), Name: shorten(200, v.r.UserAgent()), Class: form.Get("class"), Language: v.lang,
	})
	if err != nil {
		f := &fieldset{}
		status, shown := f.refused(err, nil)
		if !shown {
			return err
		}
		return v.showAccountWith(status, accountParts{Device: f.Why})
	}
	return v.back(deviceBack(form.Get("back"), "device"))
}

// actOnDevice removes a device, or tells something there at once.
func (web *Web) actOnDevice(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil {
		return hearth.Errorf(hearth.NotFound, "There is no such device.")
	}
	did := ""
	switch form.Get("do") {
	case "remove":
		did, err = "device-out", web.o.Outbox.RemoveDevice(v.ctx(), v.by, outbox.ChannelID(id))
	case "test":
		did, err = "device-test", web.o.Outbox.TestDevice(v.ctx(), v.by, outbox.ChannelID(id))
	default:
		err = hearth.Errorf(hearth.Invalid, "Devices can be tested and removed.")
	}
	if err != nil {
		return err
	}
	return v.back(deviceBack(form.Get("back"), did))
}

// renewDevice lets a browser go on after signing in again. Script asks: 204 says
// that it does, 404 that it was removed.
func (web *Web) renewDevice(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	n, err := web.o.Outbox.RenewDevice(v.ctx(), v.by, form.Get("subscription"))
	if err != nil {
		return err
	}
	v.w.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusNotFound}[n > 0])
	return nil
}

// doneWith is the words of what was done with a device, if that was it.
func (v *visit) doneWith(did string) string {
	if slices.Contains(deviceDone, did) {
		return v.name("account-did", did)
	}
	return ""
}

//go:embed worker.js
var workerScript string

// workerPolicy lets the worker ask this server, and nothing else.
const workerPolicy = "default-src 'none'; connect-src 'self'"

// worker gives browsers the script that works while no page is open.
func (web *Web) worker(v *visit) error {
	files := []string{"/offline"}
	var errs []error
	for _, name := range []string{"hearth.css", "hearth.svg"} {
		address, err := web.assets.address(name)
		files, errs = append(files, address), append(errs, err)
	}
	written, err := json.Marshal(files)
	if err := errors.Join(append(errs, err)...); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Security-Policy", workerPolicy)
	h.Set("Content-Type", kinds[".js"])
	h.Set("Cache-Control", "no-cache")
	_, err = v.w.Write([]byte(strings.Replace(workerScript, `["FILES"]`, string(written), 1)))
	return err
}

// offline is the page that the worker keeps for when there is no connection.
func (web *Web) offline(v *visit) error {
	return v.block(http.StatusOK, "offline", "alone", v.shell(v.say("offline.title"), false, nil))
}
