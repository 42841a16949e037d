// Counts the events of a feed on standard input, as ical.js reads it.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";
const events = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8"))).getAllSubcomponents("vevent");
console.log(JSON.stringify(events.map((event) => [
  event.getFirstPropertyValue("uid"),
  new ICAL.Event(event).startDate.toJSDate().toISOString(),
])));
