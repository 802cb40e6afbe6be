package alert

import (
	"slices"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/monitor"
)

// Alerts and incidents belong to the brands of their monitor; an incident of no
// monitor is the whole workspace's. What somebody may not see is as what there is
// not.

// seenAlert is an alert that the actor has a permission for.
func seenAlert(tx *db.Tx, by access.Actor, p access.Permission, id ID) (Alert, error) {
	seen, err := monitor.SeenBy(tx, by, p)
	if err != nil {
		return Alert{}, err
	}
	one, err := readAlert(tx, by.Workspace, id)
	if err != nil {
		return one, err
	}
	if !seen.Has(one.Monitor) {
		return Alert{}, noAlert(id)
	}
	return one, hideSame(tx, seen, &one)
}

// hideSame leaves out that an alert is about the same as one that is not seen.
func hideSame(tx *db.Tx, seen monitor.Seen, one *Alert) error {
	if seen.Whole() || one.SameAs == 0 {
		return nil
	}
	other, err := readAlert(tx, one.Workspace, one.SameAs)
	if err == nil && !seen.Has(other.Monitor) {
		one.SameAs = 0
	}
	return err
}

// seenIncident is an incident that the actor has a permission for. To change one
// they must have it for all brands of its monitor.
func seenIncident(tx *db.Tx, by access.Actor, p access.Permission, id IncidentID) (Incident, error) {
	seen, err := monitor.SeenBy(tx, by, p)
	if err != nil {
		return Incident{}, err
	}
	one, err := readIncident(tx, by.Workspace, id)
	if err != nil {
		return one, err
	}
	if !seen.Has(one.Monitor) {
		return Incident{}, noIncident(id)
	}
	if p == access.WriteAlerts && !seen.Holds(one.Monitor) {
		return Incident{}, notWholly()
	}
	return one, nil
}

// notWholly is the answer to a change of what is of another brand, too.
func notWholly() error {
	return hearth.Errorf(hearth.Denied, "This is not of your brands alone; somebody who may change it for all of them can do it.")
}

// sameBrands says whether two monitors belong to the same brands.
func sameBrands(tx *db.Tx, ws hearth.WorkspaceID, a, b hearth.MonitorID) (bool, error) {
	brands, err := monitor.BrandsOf(tx, ws)
	return err == nil && slices.Equal(brands[a], brands[b]), err
}
