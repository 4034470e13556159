import { SIGNED_IN } from "../session/sign-in-ways.ts";
import type { Routes } from "../visits/routes.ts";
import { signInByName } from "./by-name.ts";
import { beginSignIn, signedIn } from "./by-provider.ts";
import { chooseLanguage } from "./choose-language.ts";
import { showSignIn } from "./sign-in-page.ts";
import { signOut } from "./sign-out.ts";

/** Signing in and out, and the choice of a language. */
export const SIGN_IN: Routes = {
  pages: [
    { path: "/console/sign-in", show: showSignIn },
    { path: SIGNED_IN, show: signedIn },
  ],
  acts: [
    { method: "POST", path: "/console/sign-in", act: signInByName, page: showSignIn },
    { method: "POST", path: "/console/sign-in/provider", act: beginSignIn, page: showSignIn },
    { method: "POST", path: "/console/sign-out", act: signOut, page: showSignIn },
    { method: "POST", path: "/console/language", act: chooseLanguage, page: showSignIn },
  ],
};
