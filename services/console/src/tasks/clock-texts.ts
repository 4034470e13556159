import { catalogue } from "../texts/catalogue.ts";
import { countedEn, countedFr } from "../texts/counted.ts";

const EN = {
  left: (minutes: number) =>
    `You hold this task for ${countedEn(minutes, "more minute", "more minutes")}. Hand it in, or ask for more time.`,
  over: "Your time is over",
  until: "until",
};

const FR = {
  left: (minutes: number) =>
    `Vous tenez cette tâche pour encore ${countedFr(minutes, "minute", "minutes")}. Rendez-la, ou demandez plus de temps.`,
  over: "Votre temps est écoulé",
  until: "jusqu’à",
};

/** What a clock says. */
export const CLOCK_TEXTS = catalogue(EN, FR);
