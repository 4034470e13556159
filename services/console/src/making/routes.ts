import type { Routes } from "../visits/routes.ts";
import { showAreaUpload } from "./area-upload-page.ts";
import { createProject } from "./create-project.ts";
import { cutArea } from "./cut-area.ts";
import { showCut } from "./cut-page.ts";
import { deleteUpload } from "./delete-upload.ts";
import { drawArea } from "./draw-area.ts";
import { showName } from "./name-page.ts";
import { showNewProject } from "./new-project-page.ts";
import { takeRectangle } from "./take-rectangle.ts";
import { uploadFile } from "./upload-area.ts";

const NEW = "/console/new-project";
const UPLOADS = "/v1/area-uploads";
const UPLOAD = `${UPLOADS}/:area_upload_id{[0-9]+}`;
const OWN = "/console/projects/:project_id{[0-9]+}";
const PROJECT = "/v1/projects/:project_id{[0-9]+}";

/** How a project is made and run. */
export const MAKING: Routes = {
  pages: [
    { path: NEW, show: showNewProject },
    { path: UPLOADS, show: showNewProject },
    { path: UPLOAD, show: showAreaUpload },
    { path: `${NEW}/:area_upload_id{[0-9]+}`, show: showName },
    { path: `${OWN}/cut`, show: showCut },
  ],
  acts: [
    { method: "POST", path: UPLOADS, act: uploadFile, page: showNewProject },
    { method: "POST", path: `${NEW}/drawing`, act: drawArea, page: showNewProject },
    { method: "POST", path: `${NEW}/rectangle`, act: takeRectangle, page: showNewProject },
    { method: "DELETE", path: UPLOAD, act: deleteUpload, page: showAreaUpload },
    { method: "POST", path: "/v1/projects", act: createProject, page: showName },
    { method: "POST", path: `${PROJECT}/tasks`, act: cutArea, page: showCut },
  ],
};
